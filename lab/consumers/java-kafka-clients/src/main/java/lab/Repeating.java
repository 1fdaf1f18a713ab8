package lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Handles the events of a file again and again, without any client. */
final class Repeating implements Runnable {
    private final Job job;
    private final Worker worker;
    private final List<ConsumerRecord<byte[], byte[]>> events;

    Repeating(Job job, int core) throws IOException {
        this.job = job;
        worker = job.newWorker();
        try (var lines = Files.lines(Path.of(job.settings.eventsFile()))) {
            events = lines.map(line -> new ConsumerRecord<byte[], byte[]>("", core, 0, null, bytes(line))).toList();
        }
    }

    @Override
    public void run() {
        while (!job.stopped) {
            events.forEach(worker::handle);
        }
    }

    private static byte[] bytes(String line) {
        return line.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
