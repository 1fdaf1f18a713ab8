import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Business rules on strings and dictionaries. */
final class Rules {
    private static final Map<String, Integer> WEIGHTS = Map.of("bronze", 1, "silver", 2, "gold", 3, "platinum", 5);
    private static final Set<String> TAXED = Set.of("DE", "FR", "ES", "IT", "NL");

    private record Order(
            String country, String tier, String name, String type, String sku, String title, int qty, double price) {}

    private static long score(Order order, int rounds, Map<String, Integer> state) {
        String text = order.name().toLowerCase(Locale.ROOT) + " " + order.type() + " "
                + order.title().toLowerCase(Locale.ROOT);
        long score = 0;
        for (int r = 0; r < rounds; r++) {
            int weight = WEIGHTS.get(order.tier());
            long total = (long) Math.floor(order.price() * 100 + 0.5) * order.qty();
            if (total > 10000 && weight >= 3) {
                total -= total * weight / 100;
            } else if (TAXED.contains(order.country())) {
                total += total * 19 / 100;
            } else if (order.qty() > 10) {
                total += 500;
            } else {
                total += r;
            }
            String key = order.country() + ":" + order.sku().substring(0, 2) + ":" + (total % 97 + r);
            int longest = 0;
            for (String word : text.split(" ")) {
                longest = Math.max(longest, word.length());
                int h = 0;
                for (char c : word.toCharArray()) {
                    h = (h * 31 + c) % 1000003;
                }
                score = (score + h) % Checksum.PRIME;
            }
            state.merge(key, 1, Integer::sum);
            score = (score + total + longest) % Checksum.PRIME;
        }
        return score;
    }

    static long run(List<String[]> rows, int iterations) {
        List<Order> orders = rows.stream()
                .map(row -> new Order(row[0], row[1], row[2], row[3], row[4], row[5], Integer.parseInt(row[6]),
                        Double.parseDouble(row[7])))
                .toList();
        Map<String, Integer> state = new HashMap<>();
        long checksum = 0;
        for (int i = 0; i < iterations; i++) {
            for (Order order : orders) {
                checksum = Checksum.add(checksum, score(order, 5, state));
            }
        }
        long updates = state.values().stream().mapToLong(Integer::longValue).sum();
        return Checksum.add(checksum, updates + state.size());
    }

    private Rules() {}
}
