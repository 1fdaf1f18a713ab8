package lab

import (
	"fmt"
	"os"
)

// Fail ends the process: an event that could not be handled must not be committed, and nothing that follows it
// either, so there is nothing to clean up.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
