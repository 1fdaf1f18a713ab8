package lab

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kinds is how many rounds differ: the table stays as small however many there are.
const kinds = 40

// Compute is business logic as one would write it: clear, not tuned.
func Compute(order *Order, rounds int, state map[string]int) int {
	item := order.Items[0]
	country := order.Customer.Country
	text := strings.ToLower(order.Customer.Name) + " " + order.Type + " " + strings.ToLower(item.Title)
	score := 0
	for round := range rounds {
		r := round % kinds
		weight := tierWeight(order.Customer.Tier)
		total := int(math.Floor(item.Price*100+0.5)) * int(item.Qty)
		switch {
		case total > 10000 && weight >= 3:
			total -= total * weight / 100
		case inEuroZone(country):
			total += total * 19 / 100
		case item.Qty > 10:
			total += 500
		default:
			total += r
		}
		key := country + ":" + firstTwo(item.SKU) + ":" + strconv.Itoa(total%97+r)
		longest := 0
		for word := range strings.SplitSeq(text, " ") {
			longest = max(longest, utf8.RuneCountInString(word))
			h := 0
			for _, c := range word {
				h = (h*31 + int(c)) % 1000003
			}
			score = (score + h) % 1000000007
		}
		state[key]++
		score = (score + total + longest) % 1000000007
	}
	return score
}

func tierWeight(tier string) int {
	switch tier {
	case "bronze":
		return 1
	case "silver":
		return 2
	case "gold":
		return 3
	default:
		return 5
	}
}

func inEuroZone(country string) bool {
	switch country {
	case "DE", "FR", "ES", "IT", "NL":
		return true
	}
	return false
}

func firstTwo(sku string) string {
	runes := []rune(sku)
	return string(runes[:min(2, len(runes))])
}
