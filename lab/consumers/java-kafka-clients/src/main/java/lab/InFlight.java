package lab;

import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Several events of a process in progress at once: a thread for each. */
final class InFlight {
    private final LinkedBlockingQueue<Worker> idle = new LinkedBlockingQueue<>();
    private final ExecutorService threads;
    private final Map<TopicPartition, TreeSet<Long>> unhandled = new ConcurrentHashMap<>();

    InFlight(Job job) {
        int most = job.settings.inFlight();
        for (int worker = 0; worker < most; worker++) {
            idle.add(job.newWorker());
        }
        threads = Executors.newFixedThreadPool(most);
    }

    /** Waits for a worker to be idle. */
    void start(ConsumerRecord<byte[], byte[]> event) throws InterruptedException {
        Worker worker = idle.take();
        TreeSet<Long> offsets = offsets(new TopicPartition(event.topic(), event.partition()));
        synchronized (offsets) {
            offsets.add(event.offset());
        }
        threads.execute(() -> {
            worker.handle(event);
            synchronized (offsets) {
                offsets.remove(event.offset());
                offsets.notifyAll();
            }
            idle.add(worker);
        });
    }

    /** The offset before which every event of the partition is handled, of those before `taken`. */
    long handledUpTo(TopicPartition partition, long taken) {
        TreeSet<Long> offsets = offsets(partition);
        synchronized (offsets) {
            return offsets.isEmpty() ? taken : offsets.first();
        }
    }

    /** Waits until nothing of the partition is in progress. */
    void drain(TopicPartition partition) throws InterruptedException {
        TreeSet<Long> offsets = offsets(partition);
        synchronized (offsets) {
            while (!offsets.isEmpty()) {
                offsets.wait();
            }
        }
    }

    void close() {
        threads.shutdown();
    }

    private TreeSet<Long> offsets(TopicPartition partition) {
        return unhandled.computeIfAbsent(partition, it -> new TreeSet<>());
    }
}
