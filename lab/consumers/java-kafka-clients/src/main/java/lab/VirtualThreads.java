package lab;

import java.util.concurrent.ThreadFactory;

/** Virtual threads, which Java 21 has and the compiler here, of Java 17, does not know. */
final class VirtualThreads {
    private VirtualThreads() {}

    /** As {@code Thread.ofVirtual().factory()}. */
    static ThreadFactory factory() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (ThreadFactory) Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
        } catch (ReflectiveOperationException error) {
            throw new IllegalStateException(
                    "LAB_LOOP=virtual needs Java 21, not " + System.getProperty("java.version"), error);
        }
    }
}
