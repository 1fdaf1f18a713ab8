package lab;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The events of one partition, on a thread of their own. */
final class Lane implements Runnable {
    /** How many polls' events may wait for it, less where what is read ahead is divided. */
    private static final int QUEUED = 5;

    private final Job job;
    private final TopicPartition partition;
    private final Handlers handlers;
    private final LinkedBlockingQueue<List<ConsumerRecord<byte[], byte[]>>> given;
    /** Given and not yet done with. */
    private int open;
    /** The offset after the last event that its handlers took. */
    private volatile long next;
    private volatile boolean revoked;

    Lane(Job job, TopicPartition partition, Handlers handlers, long first) {
        this.job = job;
        this.partition = partition;
        this.handlers = handlers;
        given = new LinkedBlockingQueue<>(Math.max(1, QUEUED / job.settings.prefetchDivisor()));
        next = first;
    }

    /** Waits where the queue is full. */
    void give(List<ConsumerRecord<byte[], byte[]>> events) throws InterruptedException {
        synchronized (this) {
            open++;
        }
        given.put(events);
    }

    @Override
    public void run() {
        try {
            while (true) {
                List<ConsumerRecord<byte[], byte[]>> events = given.take();
                int begun = 0;
                while (begun < events.size() && !revoked && !job.stopped) {
                    ConsumerRecord<byte[], byte[]> event = events.get(begun++);
                    handlers.start(event);
                    next = event.offset() + 1;
                }
                job.left.addAndGet(events.size() - begun);
                synchronized (this) {
                    open--;
                    notifyAll();
                }
            }
        } catch (InterruptedException error) {
            Main.fail(error);
        }
    }

    long handledUpTo() {
        return handlers.handledUpTo(partition, next);
    }

    void leave() {
        revoked = true;
    }

    boolean isRevoked() {
        return revoked;
    }

    /** Waits until all that was given is handled, or left to another consumer. */
    void drain() throws InterruptedException {
        synchronized (this) {
            while (open > 0) {
                wait();
            }
        }
        handlers.drain(partition);
    }
}
