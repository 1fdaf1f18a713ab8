package lab;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Copies of events, written to another topic. */
final class Copies {
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    final LongAdder acknowledged = new LongAdder();

    Copies(Settings settings) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.servers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        topic = settings.outputTopic();
    }

    void write(byte[] key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key, value), (metadata, error) -> {
            if (error != null) {
                Main.fail(error);
            }
            acknowledged.increment();
        });
    }

    void flush() {
        producer.flush();
    }
}
