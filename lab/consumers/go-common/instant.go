package lab

import "time"

// IsInstant parses: a pattern would let 30 February pass.
func IsInstant(text string) bool {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return false
	}
	_, offset := t.Zone()
	return offset == 0 && 2000 <= t.Year() && t.Year() <= 2100
}
