package lab;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** What all workers share, and what they have done together. */
final class Job {
    final Settings settings;
    final Prices prices;
    final Copies copies;
    final Validator validator;
    final Windows windows = new Windows();
    final LongAdder fetches = new LongAdder();
    final LongAdder empty = new LongAdder();
    /** Events that are still to be begun. */
    final AtomicLong left;
    volatile boolean stopped;

    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    Job(Settings settings) {
        this.settings = settings;
        prices = settings.ioCalls() > 0 ? new Prices(settings.stubUrl()) : null;
        copies = settings.produces() > 0 ? new Copies(settings) : null;
        validator = settings.handler().equals("validate") ? validator() : null;
        left = new AtomicLong(settings.events());
    }

    /** Without the expression language of messages, which nobody reads. */
    static Validator validator() {
        return Validation.byDefaultProvider()
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory()
                .getValidator();
    }

    Worker newWorker() {
        var worker = new Worker(this);
        workers.add(worker);
        return worker;
    }

    List<Worker> workers() {
        return workers;
    }

    boolean goesOn() {
        return !stopped && left.get() > 0;
    }

    Map<String, Object> checksum() {
        var sums = new LinkedHashMap<String, Object>();
        sums.put("bytes", sum(worker -> worker.bytes.get()));
        switch (settings.handler()) {
            case "decode", "parse" -> {
                sums.put("paid", sum(worker -> worker.paid));
                sums.put("customers", sum(worker -> worker.customers));
            }
            case "validate" -> {
                sums.put("valid", sum(worker -> worker.valid));
                sums.put("invalid", sum(worker -> worker.invalid));
            }
            case "aggregate" -> sums.putAll(windows.finish());
            default -> {}
        }
        if (settings.computeRounds() > 0) {
            sums.put("score", sum(worker -> worker.score));
            sums.put("updates", sum(worker -> worker.state.values().stream().mapToLong(Integer::longValue).sum()));
        }
        if (prices != null) {
            sums.put("calls", sum(worker -> worker.calls));
        }
        if (copies != null) {
            sums.put("produced", copies.acknowledged.sum());
        }
        return sums;
    }

    long sum(java.util.function.ToLongFunction<Worker> of) {
        return workers.stream().mapToLong(of).sum();
    }
}
