"""Parsing and formatting text with regular expressions: lines of an access log."""

import re

import checksum

LINE = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z (\w+) +(\S+) (\S+@\S+) "
    r'"([A-Z]+) ([^ ?"]+)\??(\S*) HTTP/[\d.]+" (\d{3}) (\d+\.\d)$'
)
PARAMETER = re.compile(r"([a-z]+)=([^&]*)")
NUMBER = re.compile(r"/\d+")
MAILBOX = re.compile(r"^(.)[^@]*@")


def rewrite(line: str, limit: float, per_minute: dict[int, int]) -> str | None:
    """The line of the report, and its seconds added to those of its minute; None if it is no request."""
    match = LINE.match(line)
    if match is None:
        return None
    _, month, day, hour, minute, second, _, level, service, mail, method, path, query, status, taken = match.groups()
    minute_of_day = int(hour) * 60 + int(minute)
    per_minute[minute_of_day] = per_minute.get(minute_of_day, 0) + int(second)
    parameters = dict(PARAMETER.findall(query))
    route = NUMBER.sub("/{id}", path)
    masked = MAILBOX.sub(r"\1***@", mail)
    milliseconds = float(taken)
    slow = " SLOW" if milliseconds > limit else ""
    shown = ",".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return (
        f"{int(day):02}/{int(month):02} {minute_of_day:04} {level:<5} {service:<12} {method} {route} "
        f"{status} {milliseconds:8.2f} ms {masked} {shown}{slow}"
    )


def run(rows: list[list[str]], iterations: int) -> int:
    log = [line for (line,) in rows]
    result = 0
    report: list[str] = []
    for i in range(iterations):
        limit = 50.0 + i % 10 * 10
        per_minute: dict[int, int] = {}
        rewritten = [rewrite(line, limit, per_minute) for line in log]
        report = [line for line in rewritten if line is not None]
        result = checksum.add(result, sum(len(line) for line in report) + len(log) - len(report))
        result = checksum.add(result, len(per_minute) + sum(per_minute.values()))
    return checksum.add(result, checksum.of_text("\n".join(report)))
