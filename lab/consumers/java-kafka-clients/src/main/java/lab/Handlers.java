package lab;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Where the events of a poll go, in the order in which they came. */
interface Handlers {
    /** Takes an event. Here or in `polled` it waits where as many are in progress, or taken, as may be. */
    void start(ConsumerRecord<byte[], byte[]> event) throws InterruptedException;

    /** The last event of a poll was taken. */
    default void polled() throws InterruptedException {}

    /** The offset before which every event of the partition is handled, of those before `taken`. */
    long handledUpTo(TopicPartition partition, long taken);

    /** The partition goes to another consumer: what is not begun is left to it. */
    default void leave(TopicPartition partition) {}

    /** Waits until nothing of the partition is in progress. */
    void drain(TopicPartition partition) throws InterruptedException;
}
