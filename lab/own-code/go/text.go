package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	line = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z (\w+) +(\S+) (\S+@\S+) ` +
		`"([A-Z]+) ([^ ?"]+)\??(\S*) HTTP/[\d.]+" (\d{3}) (\d+\.\d)$`)
	parameter = regexp.MustCompile(`([a-z]+)=([^&]*)`)
	number    = regexp.MustCompile(`/\d+`)
	mailbox   = regexp.MustCompile(`^(.)[^@]*@`)
)

// request is a line of the log as far as the report needs it.
type request struct {
	month, day, hour, minute, second          int
	level, service, mail, method, path, query string
	status                                    string
	milliseconds                              float64
}

func parse(text string) (request, bool) {
	parts := line.FindStringSubmatch(text)
	if parts == nil {
		return request{}, false
	}
	var numbers [5]int
	for i := range numbers {
		// The expression lets only digits pass.
		numbers[i], _ = strconv.Atoi(parts[i+2])
	}
	milliseconds, _ := strconv.ParseFloat(parts[15], 64)
	return request{
		month: numbers[0], day: numbers[1], hour: numbers[2], minute: numbers[3], second: numbers[4],
		level: parts[8], service: parts[9], mail: parts[10], method: parts[11], path: parts[12], query: parts[13],
		status: parts[14], milliseconds: milliseconds,
	}, true
}

// rewrite is the line of the report; the seconds are added to those of its minute.
func rewrite(request request, limit float64, perMinute map[int]int) string {
	minuteOfDay := request.hour*60 + request.minute
	perMinute[minuteOfDay] += request.second
	parameters := map[string]string{}
	for _, match := range parameter.FindAllStringSubmatch(request.query, -1) {
		parameters[match[1]] = match[2]
	}
	route := number.ReplaceAllString(request.path, "/{id}")
	masked := mailbox.ReplaceAllString(request.mail, "${1}***@")
	slow := ""
	if request.milliseconds > limit {
		slow = " SLOW"
	}
	var shown []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		shown = append(shown, name+"="+parameters[name])
	}
	return fmt.Sprintf("%02d/%02d %04d %-5s %-12s %s %s %s %8.2f ms %s %s%s",
		request.day, request.month, minuteOfDay, request.level, request.service, request.method, route,
		request.status, request.milliseconds, masked, strings.Join(shown, ","), slow)
}

func text(rows [][]string, iterations int) (int, error) {
	checksum := 0
	var report []string
	for i := range iterations {
		limit := 50 + float64(i%10)*10
		perMinute := map[int]int{}
		report = nil
		for _, row := range rows {
			if request, ok := parse(row[0]); ok {
				report = append(report, rewrite(request, limit, perMinute))
			}
		}
		length := 0
		for _, line := range report {
			length += utf8.RuneCountInString(line)
		}
		checksum = add(checksum, length+len(rows)-len(report))
		seconds := 0
		for _, second := range perMinute {
			seconds += second
		}
		checksum = add(checksum, len(perMinute)+seconds)
	}
	return add(checksum, checksumOf(strings.Join(report, "\n"))), nil
}
