package main

import (
	"unicode/utf8"

	lab "tonnage/lab/consumers/go-common"
)

func valid(o *lab.Order) bool {
	return isHexID(o.ID) &&
		oneOf(o.Type, "order.created", "order.paid", "order.shipped", "order.cancelled") &&
		lab.IsInstant(o.OccurredAt) &&
		validCustomer(&o.Customer) &&
		0 < o.Amount && o.Amount <= 1_000_000 &&
		validItems(o.Items) &&
		(o.Shipping == nil || validShipping(o.Shipping)) &&
		o.Note != nil && utf8.RuneCountInString(*o.Note) <= 20_000
}

func validCustomer(c *lab.Customer) bool {
	return 1 <= c.ID && c.ID <= 10_000_000 &&
		characters(c.Name, 100) &&
		len(c.Country) == 2 && all(c.Country, isCapital) &&
		oneOf(c.Tier, "bronze", "silver", "gold", "platinum")
}

func validItems(items []lab.Item) bool {
	if len(items) < 1 || len(items) > 200 {
		return false
	}
	for i := range items {
		if !validItem(&items[i]) {
			return false
		}
	}
	return true
}

func validItem(i *lab.Item) bool {
	if len(i.Tags) > 5 {
		return false
	}
	for _, tag := range i.Tags {
		if !characters(tag, 16) {
			return false
		}
	}
	return isSKU(i.SKU) &&
		characters(i.Title, 80) &&
		1 <= i.Qty && i.Qty <= 99 &&
		0 < i.Price && i.Price <= 10_000
}

func validShipping(s *lab.Shipping) bool {
	return characters(s.Street, 80) && characters(s.City, 80) && characters(s.Zip, 80)
}

func isHexID(id string) bool {
	return len(id) == 16 && all(id, func(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' })
}

func isSKU(sku string) bool {
	return len(sku) == 6 && all(sku[:2], isCapital) && sku[2] == '-' && all(sku[3:], isDigit)
}

func characters(s string, most int) bool {
	n := utf8.RuneCountInString(s)
	return 1 <= n && n <= most
}

func oneOf(s string, allowed ...string) bool {
	for _, a := range allowed {
		if s == a {
			return true
		}
	}
	return false
}

func all(s string, holds func(byte) bool) bool {
	for i := range len(s) {
		if !holds(s[i]) {
			return false
		}
	}
	return true
}

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
