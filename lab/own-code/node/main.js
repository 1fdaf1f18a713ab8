// One of the four programs: main.js PROGRAM FILE. Each line of input is a number of iterations, answered with the checksum.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as numbers from "./numbers.js";
import * as rules from "./rules.js";
import * as structures from "./structures.js";
import * as text from "./text.js";

const programs = { rules, numbers, text, structures };

const [program, file] = process.argv.slice(2);
const lines = readFileSync(file, "utf8").trimEnd().split("\n");
const rows = lines.map((line) => line.split("\t"));
for await (const iterations of createInterface({ input: process.stdin })) {
  console.log(programs[program].run(rows, Number(iterations)));
}
