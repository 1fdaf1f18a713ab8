package lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The lines on standard output. */
final class Reports {
    private static final long INTERVAL_NS = 250_000_000L;
    private static final long FIRST_CHECK_MS = 5;

    private final Job job;
    private final Thread thread = new Thread(this::run, "reports");
    private volatile boolean stopped;

    Reports(Job job) {
        this.job = job;
    }

    void start() throws IOException {
        var found = new Properties();
        try (var file = Reports.class.getResourceAsStream("/versions.properties")) {
            found.load(file);
        }
        var versions = new LinkedHashMap<String, Object>();
        versions.put("java", System.getProperty("java.version"));
        found.stringPropertyNames().stream().sorted().forEach(name -> versions.put(name, found.getProperty(name)));
        write("start", Map.of("versions", versions));
        thread.start();
    }

    void done() throws InterruptedException, IOException {
        stopped = true;
        thread.join();
        String file = job.settings.latencyFile();
        if (!file.isEmpty()) {
            try (var out = new PrintWriter(Files.newBufferedWriter(Path.of(file)))) {
                job.workers().forEach(worker ->
                        worker.latencies.forEach(it -> out.println(it.dueUs() + "," + it.latencyUs())));
            }
        }
        Map<String, Object> fields = progress();
        fields.put("checksum", job.checksum());
        write("done", fields);
    }

    private void run() {
        long next = System.nanoTime() + INTERVAL_NS;
        boolean first = false;
        while (!stopped) {
            if (!first && job.sum(worker -> worker.handled.get()) > 0) {
                first = true;
                write("first", Map.of());
            }
            long waitMs = (next - System.nanoTime()) / 1_000_000;
            if (waitMs <= 0) {
                next += INTERVAL_NS;
                write("report", progress());
                continue;
            }
            try {
                // Looking for the first event here spares each event the question whether it is the first.
                Thread.sleep(first ? Math.min(waitMs, 50) : Math.min(waitMs, FIRST_CHECK_MS));
            } catch (InterruptedException error) {
                return;
            }
        }
        if (!first && job.sum(worker -> worker.handled.get()) > 0) {
            write("first", Map.of());
        }
    }

    private Map<String, Object> progress() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("t_us", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        fields.put("handled", job.sum(worker -> worker.handled.get()));
        fields.put("bytes", job.sum(worker -> worker.bytes.get()));
        fields.put("fetches", job.fetches.sum());
        fields.put("empty", job.empty.sum());
        if (job.settings.serviceTimes()) {
            fields.put("service_s", job.workers().stream().mapToDouble(worker -> worker.serviceS).sum());
            fields.put("service_s2", job.workers().stream().mapToDouble(worker -> worker.serviceS2).sum());
        }
        return fields;
    }

    private static void write(String event, Map<String, ?> fields) {
        var line = new LinkedHashMap<String, Object>();
        line.put("event", event);
        line.putAll(fields);
        try {
            System.out.println(Json.MAPPER.writeValueAsString(line));
        } catch (IOException error) {
            Main.fail(error);
        }
    }
}
