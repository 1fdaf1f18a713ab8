package main

import (
	"regexp"

	"github.com/go-playground/validator/v10"

	lab "tonnage/lab/consumers/go-common"
)

func newValid() func(*lab.Order) bool {
	v := validator.New(validator.WithRequiredStructEnabled())
	check := func(tag string, holds func(string) bool) {
		err := v.RegisterValidation(tag, func(field validator.FieldLevel) bool { return holds(field.Field().String()) })
		if err != nil {
			lab.Fail(err)
		}
	}
	check("hexid", regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString)
	check("country", regexp.MustCompile(`^[A-Z]{2}$`).MatchString)
	check("sku", regexp.MustCompile(`^[A-Z]{2}-[0-9]{3}$`).MatchString)
	check("instant", lab.IsInstant)
	return func(order *lab.Order) bool { return v.Struct(order) == nil }
}
