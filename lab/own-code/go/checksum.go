package main

const prime = 1_000_000_007

// add makes one number of a checksum and a result.
func add(checksum, result int) int {
	return (checksum*31 + result) % prime
}

func checksumOf(text string) int {
	checksum := 0
	for _, c := range text {
		checksum = add(checksum, int(c))
	}
	return checksum
}
