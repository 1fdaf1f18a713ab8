package lab;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A thread with a consumer of its own, which polls and handles what came. */
final class Loop implements Runnable, ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(250);
    /** What a fetch waits for where it is told to wait: more than comes in that time. */
    private static final int FETCH_BYTES = 1_000_000;

    private static final long INTERVAL_NS = 5_000_000_000L;

    private final Job job;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Handlers handlers;
    /** The offset after the last event of each partition that the handlers took. */
    private final Map<TopicPartition, Long> taken = new HashMap<>();

    private long due = System.nanoTime() + INTERVAL_NS;

    Loop(Job job, Handlers handlers) {
        this.job = job;
        this.handlers = handlers;
        var config = new HashMap<String, Object>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, job.settings.servers(),
                ConsumerConfig.GROUP_ID_CONFIG, job.settings.group(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
        if (job.settings.fetchWaitMs() > 0) {
            config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCH_BYTES);
            config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, job.settings.fetchWaitMs());
        }
        int divisor = job.settings.prefetchDivisor();
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, ConsumerConfig.DEFAULT_FETCH_MAX_BYTES / divisor);
        config.put(
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                ConsumerConfig.DEFAULT_MAX_PARTITION_FETCH_BYTES / divisor);
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void run() {
        try {
            consumer.subscribe(List.of(job.settings.topic()), this);
            while (job.goesOn()) {
                ConsumerRecords<byte[], byte[]> events = consumer.poll(POLL);
                (events.isEmpty() ? job.empty : job.fetches).increment();
                for (ConsumerRecord<byte[], byte[]> event : events) {
                    if (job.stopped || job.left.getAndDecrement() <= 0) {
                        break;
                    }
                    begin(event);
                }
                handlers.polled();
                commit(events.isEmpty());
            }
            finish(taken.keySet());
            consumer.close();
        } catch (Exception error) {
            Main.fail(error);
        }
    }

    private void begin(ConsumerRecord<byte[], byte[]> event) throws InterruptedException {
        handlers.start(event);
        var partition = new TopicPartition(event.topic(), event.partition());
        taken.put(partition, event.offset() + 1);
        if (job.settings.commit().equals("each")) {
            finish(List.of(partition));
        }
    }

    private void commit(boolean nothingCame) throws InterruptedException {
        if (job.settings.commit().equals("batch") && !nothingCame) {
            finish(taken.keySet());
        } else if (job.settings.commit().equals("interval") && System.nanoTime() > due) {
            due = System.nanoTime() + INTERVAL_NS;
            consumer.commitAsync(handled(taken.keySet()), null);
        }
    }

    /** Waits for what is in progress, and for its commit. */
    private void finish(Collection<TopicPartition> partitions) throws InterruptedException {
        for (TopicPartition partition : partitions) {
            handlers.drain(partition);
        }
        consumer.commitSync(handled(partitions));
    }

    private Map<TopicPartition, OffsetAndMetadata> handled(Collection<TopicPartition> partitions) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (TopicPartition partition : partitions) {
            Long next = taken.get(partition);
            if (next != null) {
                offsets.put(partition, new OffsetAndMetadata(handlers.handledUpTo(partition, next)));
            }
        }
        // An event is handled only once the copies of it are acknowledged.
        if (job.copies != null) {
            job.copies.flush();
        }
        return offsets;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        try {
            revoked.forEach(handlers::leave);
            finish(revoked);
            taken.keySet().removeAll(revoked);
        } catch (InterruptedException error) {
            Main.fail(error);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {}
}
