import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parsing and formatting text with regular expressions: lines of an access log. */
final class Text {
    private static final Pattern LINE = Pattern.compile(
            "^(\\d{4})-(\\d\\d)-(\\d\\d)T(\\d\\d):(\\d\\d):(\\d\\d)\\.(\\d{3})Z (\\w+) +(\\S+) (\\S+@\\S+) "
                    + "\"([A-Z]+) ([^ ?\"]+)\\??(\\S*) HTTP/[\\d.]+\" (\\d{3}) (\\d+\\.\\d)$");
    private static final Pattern PARAMETER = Pattern.compile("([a-z]+)=([^&]*)");
    private static final Pattern NUMBER = Pattern.compile("/\\d+");
    private static final Pattern MAILBOX = Pattern.compile("^(.)[^@]*@");

    /** The line of the report, with its seconds added to those of its minute; null if it is no request. */
    private static String rewrite(String line, double limit, Map<Integer, Integer> perMinute) {
        Matcher match = LINE.matcher(line);
        if (!match.find()) {
            return null;
        }
        int minuteOfDay = Integer.parseInt(match.group(4)) * 60 + Integer.parseInt(match.group(5));
        perMinute.merge(minuteOfDay, Integer.parseInt(match.group(6)), Integer::sum);
        Map<String, String> parameters = new TreeMap<>();
        Matcher parameter = PARAMETER.matcher(match.group(13));
        while (parameter.find()) {
            parameters.put(parameter.group(1), parameter.group(2));
        }
        String route = NUMBER.matcher(match.group(12)).replaceAll("/{id}");
        String masked = MAILBOX.matcher(match.group(10)).replaceFirst("$1***@");
        double milliseconds = Double.parseDouble(match.group(15));
        String slow = milliseconds > limit ? " SLOW" : "";
        String shown = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
        return String.format(Locale.ROOT, "%02d/%02d %04d %-5s %-12s %s %s %s %8.2f ms %s %s%s",
                Integer.parseInt(match.group(3)), Integer.parseInt(match.group(2)), minuteOfDay, match.group(8),
                match.group(9), match.group(11), route, match.group(14), milliseconds, masked, shown, slow);
    }

    static long run(List<String[]> rows, int iterations) {
        long checksum = 0;
        List<String> report = List.of();
        for (int i = 0; i < iterations; i++) {
            double limit = 50.0 + i % 10 * 10;
            Map<Integer, Integer> perMinute = new HashMap<>();
            report = new ArrayList<>();
            for (String[] row : rows) {
                String line = rewrite(row[0], limit, perMinute);
                if (line != null) {
                    report.add(line);
                }
            }
            int length = report.stream().mapToInt(String::length).sum();
            checksum = Checksum.add(checksum, length + rows.size() - report.size());
            int seconds = perMinute.values().stream().mapToInt(Integer::intValue).sum();
            checksum = Checksum.add(checksum, perMinute.size() + seconds);
        }
        return Checksum.add(checksum, Checksum.ofText(String.join("\n", report)));
    }

    private Text() {}
}
