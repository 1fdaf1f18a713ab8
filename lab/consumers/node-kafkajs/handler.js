// The handling of an event: put together once, so that no event asks what there is to do.

import { Partitioners } from "kafkajs";
import { compute } from "./compute.js";
import { Windows } from "./windows.js";

export class Handler {
  handled = 0;
  bytes = 0;
  serviceS = 0;
  serviceS2 = 0;
  latencies = [];

  #checksum = {};
  #state = new Map();
  #windows = new Windows();
  #copies = [];
  #sent = Promise.resolve();
  #producer;
  #settings;
  #steps = [];
  #calls;

  static async create(settings, kafka) {
    const handler = new Handler();
    await handler.#prepare(settings, kafka);
    return handler;
  }

  async #prepare(settings, kafka) {
    const sums = this.#checksum;
    const steps = this.#steps;
    this.#settings = settings;
    switch (settings.handler) {
      case "decode":
      case "parse":
        Object.assign(sums, { paid: 0, customers: 0 });
        steps.push((order) => {
          if (order.type === "order.paid") sums.paid++;
          sums.customers += order.customer.id;
        });
        break;
      case "validate": {
        // Imported here: what a consumer does not use is not to cost it memory.
        const { isValid } = await import("./schema.js");
        Object.assign(sums, { valid: 0, invalid: 0 });
        steps.push((order) => (isValid(order) ? sums.valid++ : sums.invalid++));
        break;
      }
      case "aggregate":
        steps.push((order, partition) => this.#windows.add(partition, order.customer.country, order.amount));
        break;
    }
    if (settings.computeRounds > 0) {
      sums.score = 0;
      steps.push((order) => (sums.score += compute(order, settings.computeRounds, this.#state)));
    }
    if (settings.ioCalls > 0) {
      sums.calls = 0;
      this.#calls = async (order) => {
        for (let call = 0; call < settings.ioCalls; call++) await this.#askPrice(order.items[0].sku);
      };
    }
    if (settings.produces > 0) {
      sums.produced = 0;
      this.#producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await this.#producer.connect();
    }
  }

  async handle(partition, message) {
    const start = this.#settings.serviceTimes ? performance.now() : 0;
    const { value } = message;
    if (this.#steps.length > 0 || this.#calls) {
      const order = JSON.parse(value);
      for (const step of this.#steps) step(order, partition);
      if (this.#calls) await this.#calls(order);
    }
    for (let copy = 0; copy < this.#settings.produces; copy++) this.#copies.push({ key: message.key, value });
    if (this.#settings.serviceTimes) {
      const seconds = (performance.now() - start) / 1000;
      this.serviceS += seconds;
      this.serviceS2 += seconds * seconds;
    }
    if (this.#settings.latencyFile) this.#note(message);
    this.handled++;
    this.bytes += value.length;
  }

  /** Sends the copies so far, and waits for them: this client's producer sends what a call gives it, and no more. */
  flush() {
    const messages = this.#copies;
    if (messages.length > 0) {
      this.#copies = [];
      this.#sent = this.#sent.then(async () => {
        await this.#producer.send({ topic: this.#settings.outputTopic, messages });
        this.#checksum.produced += messages.length;
      });
    }
    return this.#sent;
  }

  async close() {
    await this.#producer?.disconnect();
  }

  checksum() {
    const sums = { bytes: this.bytes, ...this.#checksum };
    if (this.#settings.handler === "aggregate") Object.assign(sums, this.#windows.finish());
    if (this.#settings.computeRounds > 0) sums.updates = [...this.#state.values()].reduce((a, b) => a + b, 0);
    return sums;
  }

  async #askPrice(sku) {
    const response = await fetch(`${this.#settings.stubUrl}/price?sku=${encodeURIComponent(sku)}`);
    if (response.status !== 200) throw new Error(`${response.url} answered ${response.status}`);
    await response.arrayBuffer();
    this.#checksum.calls++;
  }

  #note(message) {
    const due = message.headers?.due;
    if (!due) return;
    const dueUs = Number(due.readBigUInt64BE());
    this.latencies.push([dueUs, nowUs() - dueUs]);
  }
}

export function nowUs() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
