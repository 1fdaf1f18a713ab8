// Parsing and formatting text with regular expressions: lines of an access log.

import * as checksum from "./checksum.js";

const LINE = new RegExp(
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z (\w+) +(\S+) (\S+@\S+) /.source +
    /"([A-Z]+) ([^ ?"]+)\??(\S*) HTTP\/[\d.]+" (\d{3}) (\d+\.\d)$/.source,
);
const PARAMETER = /([a-z]+)=([^&]*)/g;
const NUMBER = /\/\d+/g;
const MAILBOX = /^(.)[^@]*@/;

// The line of the report, with its seconds added to those of its minute; null if it is no request.
function rewrite(line, limit, perMinute) {
  const match = LINE.exec(line);
  if (match === null) {
    return null;
  }
  const [, , month, day, hour, minute, second, , level, service, mail, method, path, query, status, taken] = match;
  const minuteOfDay = Number(hour) * 60 + Number(minute);
  perMinute.set(minuteOfDay, (perMinute.get(minuteOfDay) ?? 0) + Number(second));
  const parameters = new Map();
  for (const [, name, value] of query.matchAll(PARAMETER)) {
    parameters.set(name, value);
  }
  const route = path.replace(NUMBER, "/{id}");
  const masked = mail.replace(MAILBOX, "$1***@");
  const milliseconds = Number(taken);
  const slow = milliseconds > limit ? " SLOW" : "";
  const shown = [...parameters.keys()].sort().map((name) => `${name}=${parameters.get(name)}`).join(",");
  const date = `${String(Number(day)).padStart(2, "0")}/${String(Number(month)).padStart(2, "0")}`;
  const at = String(minuteOfDay).padStart(4, "0");
  const took = milliseconds.toFixed(2).padStart(8);
  return `${date} ${at} ${level.padEnd(5)} ${service.padEnd(12)} ${method} ${route} ${status} ${took} ms ${masked} ${shown}${slow}`;
}

export function run(rows, iterations) {
  let result = 0;
  let report = [];
  for (let i = 0; i < iterations; i++) {
    const limit = 50 + (i % 10) * 10;
    const perMinute = new Map();
    report = rows.map(([line]) => rewrite(line, limit, perMinute)).filter((line) => line !== null);
    const length = report.reduce((sum, line) => sum + line.length, 0);
    result = checksum.add(result, length + rows.length - report.length);
    const seconds = [...perMinute.values()].reduce((sum, second) => sum + second, 0);
    result = checksum.add(result, perMinute.size + seconds);
  }
  return checksum.add(result, checksum.ofText(report.join("\n")));
}
