package lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import sun.misc.Signal;

/**
 * The lab's consumer in Java: kafka-clients with Jackson. As many threads with a consumer each as there are cores, or one consumer
 * and a virtual thread for each partition.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        var settings = Settings.of(System.getenv());
        var job = new Job(settings);
        // An error in any thread, also a virtual one: whoever waits for it would wait for ever.
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> fail(error));
        // Not a shutdown hook, with which the process would end with 143.
        Signal.handle(new Signal("TERM"), signal -> job.stopped = true);
        var reports = new Reports(job);
        reports.start();

        List<Thread> threads = work(job).stream().map(Thread::new).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        reports.done();
        System.exit(0);
    }

    /** What each of its own threads does. */
    private static List<Runnable> work(Job job) throws IOException {
        Settings settings = job.settings;
        if (settings.isVirtual()) {
            return List.of(new Loop(job, new ByPartition(job)));
        }
        Handlers shared = settings.inFlight() > 1 ? new InFlight(job, Executors.defaultThreadFactory()) : null;
        var work = new ArrayList<Runnable>();
        for (int core = 0; core < settings.cores(); core++) {
            if (settings.eventsFile().isEmpty()) {
                work.add(new Loop(job, shared == null ? new InTurn(job) : shared));
            } else {
                work.add(new Repeating(job, core));
            }
        }
        return work;
    }

    /** Ends the process: an event that could not be handled must not be committed, nor what follows it. */
    static void fail(Throwable error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
