// What the environment asks for.

const environment = process.env;

export const settings = read();

function read() {
  const ioCalls = number("LAB_IO_CALLS", 0, 0);
  const produces = number("LAB_PRODUCES", 0, 0);
  return {
    servers: required("KAFKA_BOOTSTRAP_SERVERS").split(","),
    topic: required("KAFKA_TOPIC"),
    group: required("KAFKA_GROUP"),
    handler: oneOf("LAB_HANDLER", "consume", "decode", "parse", "validate", "aggregate"),
    computeRounds: number("LAB_COMPUTE_ROUNDS", 0, 0),
    ioCalls,
    stubUrl: ioCalls > 0 ? required("LAB_STUB_URL") : "",
    produces,
    outputTopic: produces > 0 ? required("LAB_OUTPUT_TOPIC") : "",
    inFlight: number("LAB_IN_FLIGHT", 1, 1),
    loop: oneOf("LAB_LOOP", "tuned", "plain"),
    commit: oneOf("LAB_COMMIT", "interval", "batch", "each"),
    events: number("LAB_EVENTS", 1, Infinity),
    latencyFile: environment.LAB_LATENCY_FILE ?? "",
    fetchWaitMs: number("LAB_FETCH_WAIT_MS", 0, 0),
    // What the client's limits of what it reads ahead are divided by.
    prefetchDivisor: number("LAB_PREFETCH_DIVISOR", 1, 1),
    serviceTimes: environment.LAB_SERVICE_TIMES === "1",
  };
}

function required(name) {
  const value = environment[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

function number(name, least, otherwise) {
  const text = environment[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${name}: ${text} is not a whole number from ${least}`);
  return value;
}

// The first where none is set.
function oneOf(name, ...allowed) {
  const value = environment[name] || allowed[0];
  if (!allowed.includes(value)) throw new Error(`${name} is ${value}, not one of ${allowed.join(", ")}`);
  return value;
}
