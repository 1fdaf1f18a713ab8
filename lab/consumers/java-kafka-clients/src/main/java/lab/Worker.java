package lab;

import com.fasterxml.jackson.core.JacksonException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Handles one event at a time: nothing of it is shared but what is read for reports, which it alone writes. */
final class Worker {
    interface Step {
        void run(ConsumerRecord<byte[], byte[]> event) throws Exception;
    }

    record Latency(long dueUs, long latencyUs) {}

    private final Job job;
    private final Step[] steps;
    private Order order;

    final AtomicLong handled = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();
    volatile double serviceS, serviceS2;
    long paid, customers, valid, invalid, score, calls;
    final Map<String, Integer> state = new HashMap<>();
    final List<Latency> latencies = new ArrayList<>();

    Worker(Job job) {
        this.job = job;
        steps = steps(job.settings).toArray(Step[]::new);
    }

    void handle(ConsumerRecord<byte[], byte[]> event) {
        try {
            long start = job.settings.serviceTimes() ? System.nanoTime() : 0;
            for (Step step : steps) {
                step.run(event);
            }
            if (start != 0) {
                double seconds = (System.nanoTime() - start) / 1e9;
                serviceS += seconds;
                serviceS2 += seconds * seconds;
            }
        } catch (Exception error) {
            Main.fail(error);
        }
        if (!job.settings.latencyFile().isEmpty()) {
            note(event);
        }
        bytes.lazySet(bytes.getPlain() + event.value().length);
        handled.lazySet(handled.getPlain() + 1);
    }

    /** Decided once, so that no event asks what there is to do. */
    private List<Step> steps(Settings settings) {
        var steps = new ArrayList<Step>();
        boolean validates = settings.handler().equals("validate");
        boolean whole = settings.handler().equals("parse") || settings.computeRounds() > 0 || settings.ioCalls() > 0;
        if (validates || whole) {
            steps.add(validates ? this::validate : this::parse);
        }
        switch (settings.handler()) {
            case "decode", "parse" -> steps.add(
                    whole ? event -> decoded(order.type(), order.customer().id()) : this::decode);
            case "aggregate" -> steps.add(
                    whole
                            ? event -> job.windows.add(event.partition(), order.customer().country(), order.amount())
                            : this::aggregate);
            default -> {}
        }
        if (settings.computeRounds() > 0) {
            steps.add(event -> score += Compute.compute(order, settings.computeRounds(), state));
        }
        for (int call = 0; call < settings.ioCalls(); call++) {
            steps.add(event -> {
                job.prices.get(order.items().get(0).sku());
                calls++;
            });
        }
        for (int copy = 0; copy < settings.produces(); copy++) {
            steps.add(event -> job.copies.write(event.key(), event.value()));
        }
        return steps;
    }

    private void parse(ConsumerRecord<byte[], byte[]> event) throws Exception {
        order = Json.MAPPER.readValue(event.value(), Order.class);
    }

    private void validate(ConsumerRecord<byte[], byte[]> event) throws Exception {
        try {
            parse(event);
            if (job.validator.validate(order).isEmpty()) {
                valid++;
                return;
            }
        } catch (JacksonException error) {
            order = null;
        }
        invalid++;
    }

    private void decode(ConsumerRecord<byte[], byte[]> event) throws Exception {
        var fields = Json.MAPPER.readValue(event.value(), Order.Paid.class);
        decoded(fields.type(), fields.customer().id());
    }

    private void decoded(String type, long customer) {
        if (type.equals("order.paid")) {
            paid++;
        }
        customers += customer;
    }

    private void aggregate(ConsumerRecord<byte[], byte[]> event) throws Exception {
        var fields = Json.MAPPER.readValue(event.value(), Order.Amount.class);
        job.windows.add(event.partition(), fields.customer().country(), fields.amount());
    }

    private void note(ConsumerRecord<byte[], byte[]> event) {
        Header due = event.headers().lastHeader("due");
        if (due != null) {
            long dueUs = ByteBuffer.wrap(due.value()).getLong();
            latencies.add(new Latency(dueUs, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - dueUs));
        }
    }
}
