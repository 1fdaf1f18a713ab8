// One of the four programs: owncode PROGRAM FILE. Each line of input is a number of iterations, answered with the checksum.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
)

var programs = map[string]func(rows [][]string, iterations int) (int, error){
	"rules":      rules,
	"numbers":    numbers,
	"text":       text,
	"structures": structures,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: owncode PROGRAM FILE")
	}
	program, known := programs[args[0]]
	if !known {
		return fmt.Errorf("unknown program %q", args[0])
	}
	rows, err := read(args[1])
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		iterations, err := strconv.Atoi(lines.Text())
		if err != nil {
			return err
		}
		checksum, err := program(rows, iterations)
		if err != nil {
			return err
		}
		fmt.Println(checksum)
	}
	return lines.Err()
}

func read(file string) ([][]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows, nil
}
