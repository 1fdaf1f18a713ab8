package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	weights = map[string]int{"bronze": 1, "silver": 2, "gold": 3, "platinum": 5}
	taxed   = []string{"DE", "FR", "ES", "IT", "NL"}
)

type order struct {
	country, tier, name, kind, sku, title string
	qty                                   int
	price                                 float64
}

// score applies business rules on strings and dictionaries.
func score(order order, rounds int, state map[string]int) int {
	text := strings.ToLower(order.name) + " " + order.kind + " " + strings.ToLower(order.title)
	score := 0
	for r := range rounds {
		weight := weights[order.tier]
		total := int(math.Floor(order.price*100+0.5)) * order.qty
		switch {
		case total > 10000 && weight >= 3:
			total -= total * weight / 100
		case slices.Contains(taxed, order.country):
			total += total * 19 / 100
		case order.qty > 10:
			total += 500
		default:
			total += r
		}
		key := order.country + ":" + order.sku[:2] + ":" + strconv.Itoa(total%97+r)
		longest := 0
		for _, word := range strings.Split(text, " ") {
			longest = max(longest, utf8.RuneCountInString(word))
			h := 0
			for _, c := range word {
				h = (h*31 + int(c)) % 1000003
			}
			score = (score + h) % prime
		}
		state[key]++
		score = (score + total + longest) % prime
	}
	return score
}

func rules(rows [][]string, iterations int) (int, error) {
	var orders []order
	for _, row := range rows {
		qty, err := strconv.Atoi(row[6])
		if err != nil {
			return 0, err
		}
		price, err := strconv.ParseFloat(row[7], 64)
		if err != nil {
			return 0, err
		}
		orders = append(orders, order{row[0], row[1], row[2], row[3], row[4], row[5], qty, price})
	}
	state := map[string]int{}
	checksum := 0
	for range iterations {
		for _, order := range orders {
			checksum = add(checksum, score(order, 5, state))
		}
	}
	updates := len(state)
	for _, count := range state {
		updates += count
	}
	return add(checksum, updates), nil
}
