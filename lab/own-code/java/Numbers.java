import java.util.List;

/** Numbers in loops: alarms, slopes and a percentile of a sensor's readings, and interest on loans. */
final class Numbers {
    /** How many readings are more than {@code limit} standard deviations from a mean that follows them. */
    private static int alarms(double[] readings, int limit) {
        double mean = readings[0];
        double variance = 0;
        int found = 0;
        for (double reading : readings) {
            double off = reading - mean;
            if (off * off > limit * limit * variance) {
                found++;
            }
            mean += 0.1 * off;
            variance = 0.9 * (variance + 0.1 * off * off);
        }
        return found;
    }

    /** The largest slope of a straight line through {@code width} readings in a row. */
    private static double steepest(double[] readings, int width) {
        int sumX = width * (width - 1) / 2;
        int sumXX = (width - 1) * width * (2 * width - 1) / 6;
        double largest = 0;
        for (int start = 0; start + width <= readings.length; start++) {
            double sumY = 0;
            double sumXY = 0;
            for (int x = 0; x < width; x++) {
                double y = readings[start + x];
                sumY += y;
                sumXY += x * y;
            }
            double slope = (width * sumXY - sumX * sumY) / (width * sumXX - sumX * sumX);
            largest = Math.max(largest, Math.abs(slope));
        }
        return largest;
    }

    /** In tenths, from a histogram. */
    private static int percentile(double[] readings, int percent) {
        int[] counts = new int[1000];
        for (double reading : readings) {
            counts[(int) (reading * 10)]++;
        }
        int seen = 0;
        for (int tenths = 0; tenths < counts.length; tenths++) {
            seen += counts[tenths];
            if (seen * 100 >= readings.length * percent) {
                return tenths;
            }
        }
        return counts.length;
    }

    /** Interest in cents until a loan is paid back; {@code rate} in hundredths of a percent a year. */
    private static long interest(long principal, int rate, long payment) {
        long balance = principal;
        long paid = 0;
        while (balance > 0) {
            long due = balance * rate / 120_000;
            paid += due;
            balance += due - payment;
        }
        return paid;
    }

    static long run(List<String[]> rows, int iterations) {
        double[] readings = rows.stream().mapToDouble(row -> Double.parseDouble(row[0])).toArray();
        long checksum = 0;
        for (int i = 0; i < iterations; i++) {
            checksum = Checksum.add(checksum, alarms(readings, 2 + i % 3));
            checksum = Checksum.add(checksum, (long) Math.floor(steepest(readings, 12 + i % 8) * 1_000_000));
            checksum = Checksum.add(checksum, percentile(readings, 90 + i % 10));
            for (int k = 1; k <= 20; k++) {
                long principal = k * 1_000_000L;
                checksum = Checksum.add(checksum, interest(principal, 300 + 10 * k + i % 50, principal / 100));
            }
        }
        return checksum;
    }

    private Numbers() {}
}
