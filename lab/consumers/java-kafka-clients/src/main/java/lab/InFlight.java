package lab;

import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Several events in progress at once: a thread for each. */
final class InFlight implements Handlers {
    private final LinkedBlockingQueue<Worker> idle = new LinkedBlockingQueue<>();
    private final ExecutorService threads;
    private final Map<TopicPartition, TreeSet<Long>> unhandled = new ConcurrentHashMap<>();

    InFlight(Job job, ThreadFactory factory) {
        int most = job.settings.inFlight();
        for (int worker = 0; worker < most; worker++) {
            idle.add(job.newWorker());
        }
        threads = Executors.newFixedThreadPool(most, factory);
    }

    /** Waits for a worker to be idle. */
    @Override
    public void start(ConsumerRecord<byte[], byte[]> event) throws InterruptedException {
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

    @Override
    public long handledUpTo(TopicPartition partition, long taken) {
        TreeSet<Long> offsets = offsets(partition);
        synchronized (offsets) {
            return offsets.isEmpty() ? taken : offsets.first();
        }
    }

    @Override
    public void drain(TopicPartition partition) throws InterruptedException {
        TreeSet<Long> offsets = offsets(partition);
        synchronized (offsets) {
            while (!offsets.isEmpty()) {
                offsets.wait();
            }
        }
    }

    private TreeSet<Long> offsets(TopicPartition partition) {
        return unhandled.computeIfAbsent(partition, it -> new TreeSet<>());
    }
}
