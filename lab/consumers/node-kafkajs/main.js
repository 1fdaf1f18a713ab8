// The lab's consumer in Node.js: kafkajs, a batch of a partition at a time, or plain: `eachMessage`.

import { setImmediate } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { Handler } from "./handler.js";
import { Places } from "./places.js";
import { Progress } from "./progress.js";
import { Reports } from "./reports.js";
import { settings } from "./settings.js";

const COMMIT_INTERVAL_MS = 5000;
const YIELD_EVERY = 100;
// What a fetch waits for where it is told to wait: more than comes in that time.
const FETCH_BYTES = 1_000_000;
// What the client reads ahead by default.
const MAX_BYTES = 10 << 20;
const MAX_BYTES_PER_PARTITION = 1 << 20;

const kafka = new Kafka({ brokers: settings.servers, logLevel: logLevel.WARN });
const handler = await Handler.create(settings, kafka);
const waiting = settings.fetchWaitMs > 0 && { minBytes: FETCH_BYTES, maxWaitTimeInMs: settings.fetchWaitMs };
const readAhead = {
  maxBytes: Math.floor(MAX_BYTES / settings.prefetchDivisor),
  maxBytesPerPartition: Math.floor(MAX_BYTES_PER_PARTITION / settings.prefetchDivisor),
};
const consumer = kafka.consumer({ groupId: settings.group, ...readAhead, ...waiting });
const progress = new Progress();
const places = new Places(settings.inFlight);
const fetches = { fetches: 0, empty: 0 };

let left = settings.events;
let stopping = false;
let atWork = Promise.resolve();
let ask;
const asked = new Promise((resolve) => (ask = resolve));

// An event that could not be handled must not be committed, nor what follows it.
function fail(error) {
  console.error(error);
  process.exit(1);
}

async function begin(partition, message) {
  left--;
  const done = progress.begin(partition, Number(message.offset));
  const handle = () => handler.handle(partition, message).then(done);
  await (settings.inFlight > 1 ? places.start(() => handle().catch(fail)) : handle());
  if (settings.commit === "each") await commit();
  // The client's loop does not give way while it has events, but timers and signals need it.
  if (left % YIELD_EVERY === 0 || handler.handled % YIELD_EVERY === 0) await setImmediate();
}

async function commit() {
  await places.drained();
  await commitHandled();
}

async function commitHandled() {
  const offsets = progress.handled(settings.topic);
  // An event is handled only once the copies of it are acknowledged.
  await handler.flush();
  await consumer.commitOffsets(offsets);
}

async function eachBatch({ batch, heartbeat, isRunning, isStale }) {
  countFull();
  for (const message of batch.messages) {
    if (stopping || left <= 0 || !isRunning() || isStale()) return;
    await begin(batch.partition, message);
    await heartbeat();
  }
  await (settings.commit === "batch" ? commit() : handler.flush());
}

async function eachMessage({ partition, message }) {
  countFull();
  if (stopping || left <= 0) return;
  await begin(partition, message);
  await handler.flush();
}

// Every fetch is empty until the first event of it comes: the next one is sent when all are handled.
let full = true;
function countFull() {
  if (full) return;
  full = true;
  fetches.empty--;
  fetches.fetches++;
}
consumer.on(consumer.events.FETCH, () => {
  full = false;
  fetches.empty++;
});
consumer.on(consumer.events.GROUP_JOIN, () => progress.forget());
consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));

// What is being handled ends before the process does.
function tracked(handle) {
  return (payload) => {
    atWork = handle(payload).catch((error) => (error.name?.startsWith("KafkaJS") ? Promise.reject(error) : fail(error)));
    atWork.then(() => left <= 0 && ask(), () => {});
    return atWork;
  };
}

process.on("SIGTERM", ask);
const reports = new Reports(handler, fetches, settings);
reports.start();
await consumer.connect();
await consumer.subscribe({ topic: settings.topic, fromBeginning: true });
const loop = settings.loop === "plain" ? { eachMessage: tracked(eachMessage) } : { eachBatch: tracked(eachBatch) };
await consumer.run({ autoCommit: false, ...loop });
const committing =
  settings.commit === "interval" &&
  setInterval(() => commitHandled().catch(fail), COMMIT_INTERVAL_MS);

await asked;
stopping = true;
clearInterval(committing);
await atWork;
await commit();
await consumer.disconnect();
await handler.close();
reports.done();
