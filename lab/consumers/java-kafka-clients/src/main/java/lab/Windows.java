package lab;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** Windows of a thousand events of a partition: amounts by country. */
final class Windows {
    private static final int SIZE = 1000;

    /** Sums over groups, each of which is one country in one window. */
    private long windows, groups, count;
    private double sum, mean, p95;

    private final Map<Integer, Window> open = new TreeMap<>();

    private static final class Window {
        int size;
        final Map<String, List<Double>> amounts = new TreeMap<>();
    }

    synchronized void add(int partition, String country, double amount) {
        Window window = open.computeIfAbsent(partition, it -> new Window());
        window.amounts.computeIfAbsent(country, it -> new ArrayList<>()).add(amount);
        if (++window.size == SIZE) {
            close(window);
        }
    }

    synchronized Map<String, Object> finish() {
        open.values().stream().filter(window -> window.size > 0).forEach(this::close);
        var sums = new LinkedHashMap<String, Object>();
        sums.put("windows", windows);
        sums.put("groups", groups);
        sums.put("count", count);
        sums.put("sum", sum);
        sums.put("mean", mean);
        sums.put("p95", p95);
        return sums;
    }

    private void close(Window window) {
        windows++;
        for (List<Double> amounts : window.amounts.values()) {
            double[] sorted = amounts.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            DoubleSummaryStatistics summary = Arrays.stream(sorted).summaryStatistics();
            groups++;
            count += summary.getCount();
            sum += summary.getSum();
            mean += summary.getAverage();
            p95 += percentile(sorted, 0.95);
        }
        window.amounts.clear();
        window.size = 0;
    }

    /** Linear interpolation between order statistics. */
    static double percentile(double[] sorted, double p) {
        double rank = p * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
    }
}
