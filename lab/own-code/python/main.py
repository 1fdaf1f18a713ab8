"""One of the four programs: main.py PROGRAM FILE. Each line of input is a number of iterations, answered with the checksum."""

import sys

import numbers_in_loops
import rules
import structures
import text

PROGRAMS = {"rules": rules, "numbers": numbers_in_loops, "text": text, "structures": structures}


def main() -> None:
    program, file = sys.argv[1:]
    with open(file, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    for iterations in sys.stdin:
        print(PROGRAMS[program].run(rows, int(iterations)), flush=True)


if __name__ == "__main__":
    main()
