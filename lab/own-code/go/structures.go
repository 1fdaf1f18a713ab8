package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

type record struct {
	id, parent int
	name       string
	amount     int
}

// node is a department or what it sells.
type node struct {
	name     string
	total    int
	children []*node
}

// build makes a tree of what is below a record, the largest first.
func build(from record, childrenOf map[int][]record) *node {
	built := &node{name: from.name, total: from.amount}
	for _, record := range childrenOf[from.id] {
		child := build(record, childrenOf)
		built.children = append(built.children, child)
		built.total += child.total
	}
	slices.SortStableFunc(built.children, func(a, b *node) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.name, b.name))
	})
	return built
}

// prune makes a copy in which the children below least are one.
func prune(of *node, least int) *node {
	pruned := &node{name: of.name, total: of.total}
	rest := 0
	for _, child := range of.children {
		if child.total >= least {
			pruned.children = append(pruned.children, prune(child, least))
		} else {
			rest += child.total
		}
	}
	if rest > 0 {
		pruned.children = append(pruned.children, &node{name: "other", total: rest})
	}
	return pruned
}

// addUp adds the total of each path to totals, and returns how deep the tree is.
func addUp(node *node, above string, depth int, totals map[string]int) int {
	path := above + "/" + node.name
	totals[path] += node.total
	deepest := depth
	for _, child := range node.children {
		deepest = max(deepest, addUp(child, path, depth+1, totals))
	}
	return deepest
}

func readRecords(rows [][]string) ([]record, error) {
	var records []record
	for _, row := range rows {
		id, err := strconv.Atoi(row[0])
		if err != nil {
			return nil, err
		}
		parent, err := strconv.Atoi(row[1])
		if err != nil {
			return nil, err
		}
		amount, err := strconv.Atoi(row[3])
		if err != nil {
			return nil, err
		}
		records = append(records, record{id, parent, row[2], amount})
	}
	return records, nil
}

func structures(rows [][]string, iterations int) (int, error) {
	records, err := readRecords(rows)
	if err != nil {
		return 0, err
	}
	checksum := 0
	var totals map[string]int
	for i := range iterations {
		childrenOf := map[int][]record{}
		for _, record := range records {
			childrenOf[record.parent] = append(childrenOf[record.parent], record)
		}
		pruned := prune(build(records[0], childrenOf), 20+i%50)
		totals = map[string]int{}
		deepest := addUp(pruned, "", 1, totals)
		checksum = add(checksum, deepest+len(totals))
		weighed := 0
		for path, total := range totals {
			weighed += utf8.RuneCountInString(path) * total
		}
		checksum = add(checksum, weighed)
	}
	paths := strings.Join(slices.Sorted(maps.Keys(totals)), "\n")
	return add(checksum, checksumOf(paths)), nil
}
