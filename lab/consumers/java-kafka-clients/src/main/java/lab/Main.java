package lab;

import java.util.ArrayList;
import sun.misc.Signal;

/** The lab's consumer in Java: kafka-clients with Jackson, and as many threads with a consumer each as there are cores. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        var settings = Settings.of(System.getenv());
        var job = new Job(settings);
        // Not a shutdown hook, with which the process would end with 143.
        Signal.handle(new Signal("TERM"), signal -> job.stopped = true);
        var reports = new Reports(job);
        reports.start();

        InFlight inFlight = settings.inFlight() > 1 ? new InFlight(job) : null;
        var threads = new ArrayList<Thread>();
        for (int core = 0; core < settings.cores(); core++) {
            Runnable work =
                    settings.eventsFile().isEmpty() ? new Loop(job, inFlight) : new Repeating(job, core);
            threads.add(new Thread(work, "consumer-" + core));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        if (inFlight != null) {
            inFlight.close();
        }
        reports.done();
        System.exit(0);
    }

    /** Ends the process: an event that could not be handled must not be committed, nor what follows it. */
    static void fail(Exception error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
