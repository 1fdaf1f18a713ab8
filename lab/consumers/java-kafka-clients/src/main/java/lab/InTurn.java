package lab;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** One event after the other, on the thread that brings them. */
final class InTurn implements Handlers {
    private final Worker worker;

    InTurn(Job job) {
        worker = job.newWorker();
    }

    @Override
    public void start(ConsumerRecord<byte[], byte[]> event) {
        worker.handle(event);
    }

    @Override
    public long handledUpTo(TopicPartition partition, long taken) {
        return taken;
    }

    @Override
    public void drain(TopicPartition partition) {}
}
