package lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A virtual thread for each partition, which handles its events in order while the next poll runs. */
final class ByPartition implements Handlers {
    private final Job job;
    private final ThreadFactory threads = VirtualThreads.factory();
    private final Map<TopicPartition, Lane> lanes = new HashMap<>();
    /** What this poll brought so far. */
    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> brought = new HashMap<>();

    ByPartition(Job job) {
        this.job = job;
    }

    @Override
    public void start(ConsumerRecord<byte[], byte[]> event) {
        var partition = new TopicPartition(event.topic(), event.partition());
        brought.computeIfAbsent(partition, it -> new ArrayList<>()).add(event);
    }

    @Override
    public void polled() throws InterruptedException {
        for (var entry : brought.entrySet()) {
            lane(entry.getKey(), entry.getValue().get(0).offset()).give(entry.getValue());
        }
        brought.clear();
    }

    @Override
    public long handledUpTo(TopicPartition partition, long taken) {
        Lane lane = lanes.get(partition);
        return lane == null ? taken : lane.handledUpTo();
    }

    @Override
    public void leave(TopicPartition partition) {
        Lane lane = lanes.get(partition);
        if (lane != null) {
            lane.leave();
        }
    }

    @Override
    public void drain(TopicPartition partition) throws InterruptedException {
        polled();
        Lane lane = lanes.get(partition);
        if (lane != null) {
            lane.drain();
        }
    }

    private Lane lane(TopicPartition partition, long first) {
        Lane lane = lanes.get(partition);
        if (lane == null || lane.isRevoked()) {
            lane = new Lane(job, partition, job.settings.inFlight() > 1 ? new InFlight(job, threads) : new InTurn(job), first);
            lanes.put(partition, lane);
            threads.newThread(lane).start();
        }
        return lane;
    }
}
