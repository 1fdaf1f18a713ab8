// The lines on standard output.

import { readFileSync, writeFileSync } from "node:fs";
import { nowUs } from "./handler.js";

const INTERVAL_MS = 250;
const FIRST_CHECK_MS = 5;

export class Reports {
  #handler;
  #fetches;
  #settings;
  #timers = [];

  constructor(handler, fetches, settings) {
    this.#handler = handler;
    this.#fetches = fetches;
    this.#settings = settings;
  }

  start() {
    const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));
    write({ event: "start", versions: { node: process.versions.node, ...dependencies } });
    // Looking for the first event here spares each event the question whether it is the first.
    const first = setInterval(() => {
      if (this.#handler.handled === 0) return;
      write({ event: "first" });
      clearInterval(first);
    }, FIRST_CHECK_MS);
    this.#timers = [first, setInterval(() => write({ event: "report", ...this.#progress() }), INTERVAL_MS)];
  }

  done() {
    this.#timers.forEach(clearInterval);
    if (this.#settings.latencyFile) {
      writeFileSync(this.#settings.latencyFile, this.#handler.latencies.map((it) => `${it.join(",")}\n`).join(""));
    }
    write({ event: "done", ...this.#progress(), checksum: this.#handler.checksum() });
  }

  #progress() {
    const { handled, bytes, serviceS, serviceS2 } = this.#handler;
    const fields = { t_us: nowUs(), handled, bytes, ...this.#fetches };
    return this.#settings.serviceTimes ? { ...fields, service_s: serviceS, service_s2: serviceS2 } : fields;
  }
}

function write(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
