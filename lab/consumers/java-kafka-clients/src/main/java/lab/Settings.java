package lab;

import java.util.List;
import java.util.Map;

/** What the environment asks for. */
record Settings(
        String servers,
        String topic,
        String group,
        String handler,
        int computeRounds,
        int ioCalls,
        String stubUrl,
        int produces,
        String outputTopic,
        int inFlight,
        String commit,
        String loop,
        int cores,
        long events,
        String latencyFile,
        /** Its events instead of Kafka's, where there is one. */
        String eventsFile,
        boolean serviceTimes,
        int fetchWaitMs,
        /** What the client's limits of what it reads ahead are divided by. */
        int prefetchDivisor) {

    Settings {
        if (loop.equals("virtual") && !eventsFile.isEmpty()) {
            throw new IllegalArgumentException("LAB_EVENTS_FILE is set, but LAB_LOOP=virtual handles Kafka's events alone");
        }
    }

    static Settings of(Map<String, String> environment) {
        var given = new Given(environment);
        int ioCalls = (int) given.number("LAB_IO_CALLS", 0, 0);
        int produces = (int) given.number("LAB_PRODUCES", 0, 0);
        return new Settings(
                given.required("KAFKA_BOOTSTRAP_SERVERS"),
                given.required("KAFKA_TOPIC"),
                given.required("KAFKA_GROUP"),
                given.oneOf("LAB_HANDLER", "consume", "decode", "parse", "validate", "aggregate"),
                (int) given.number("LAB_COMPUTE_ROUNDS", 0, 0),
                ioCalls,
                ioCalls > 0 ? given.required("LAB_STUB_URL") : "",
                produces,
                produces > 0 ? given.required("LAB_OUTPUT_TOPIC") : "",
                (int) given.number("LAB_IN_FLIGHT", 1, 1),
                given.oneOf("LAB_COMMIT", "interval", "batch", "each"),
                given.oneOf("LAB_LOOP", "tuned", "virtual"),
                (int) given.number("LAB_CORES", 1, 1),
                given.number("LAB_EVENTS", 1, Long.MAX_VALUE),
                given.text("LAB_LATENCY_FILE", ""),
                given.text("LAB_EVENTS_FILE", ""),
                given.text("LAB_SERVICE_TIMES", "").equals("1"),
                (int) given.number("LAB_FETCH_WAIT_MS", 0, 0),
                (int) given.number("LAB_PREFETCH_DIVISOR", 1, 1));
    }

    /** A virtual thread for each partition, instead of a thread with a consumer for each core. */
    boolean isVirtual() {
        return loop.equals("virtual");
    }

    private record Given(Map<String, String> environment) {
        String text(String name, String otherwise) {
            String value = environment.getOrDefault(name, "");
            return value.isEmpty() ? otherwise : value;
        }

        String required(String name) {
            String value = text(name, "");
            if (value.isEmpty()) {
                throw new IllegalArgumentException(name + " is not set");
            }
            return value;
        }

        long number(String name, long least, long otherwise) {
            String value = text(name, "");
            if (value.isEmpty()) {
                return otherwise;
            }
            long number = Long.parseLong(value);
            if (number < least) {
                throw new IllegalArgumentException(name + " is " + value + ", below " + least);
            }
            return number;
        }

        /** The first where none is set. */
        String oneOf(String name, String... allowed) {
            String value = text(name, allowed[0]);
            if (!List.of(allowed).contains(value)) {
                throw new IllegalArgumentException(name + " is " + value + ", not one of " + String.join(", ", allowed));
            }
            return value;
        }
    }
}
