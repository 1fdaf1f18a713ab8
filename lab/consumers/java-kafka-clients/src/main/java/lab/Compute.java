package lab;

import java.util.Map;

/** A piece of business logic: plain code, on the first item of an order only. */
final class Compute {
    /** How many rounds differ: the table stays as small however many there are. */
    private static final int KINDS = 40;

    private Compute() {}

    static long compute(Order order, int rounds, Map<String, Integer> state) {
        Order.Customer customer = order.customer();
        Order.Item item = order.items().get(0);
        String country = customer.country();
        String text = customer.name().toLowerCase() + " " + order.type() + " " + item.title().toLowerCase();
        long score = 0;
        for (int round = 0; round < rounds; round++) {
            int r = round % KINDS;
            int weight = weight(customer.tier());
            long total = (long) Math.floor(item.price() * 100 + 0.5) * item.qty();
            if (total > 10_000 && weight >= 3) {
                total -= total * weight / 100;
            } else if (isTaxed(country)) {
                total += total * 19 / 100;
            } else if (item.qty() > 10) {
                total += 500;
            } else {
                total += r;
            }
            String key = country + ":" + item.sku().substring(0, 2) + ":" + (total % 97 + r);
            long longest = 0;
            for (String word : text.split(" ", -1)) {
                longest = Math.max(longest, word.codePointCount(0, word.length()));
                long h = 0;
                for (int c : word.codePoints().toArray()) {
                    h = (h * 31 + c) % 1_000_003;
                }
                score = (score + h) % 1_000_000_007;
            }
            state.merge(key, 1, Integer::sum);
            score = (score + total + longest) % 1_000_000_007;
        }
        return score;
    }

    private static int weight(String tier) {
        return switch (tier) {
            case "bronze" -> 1;
            case "silver" -> 2;
            case "gold" -> 3;
            case "platinum" -> 5;
            default -> throw new IllegalArgumentException("no weight for the tier " + tier);
        };
    }

    private static boolean isTaxed(String country) {
        return switch (country) {
            case "DE", "FR", "ES", "IT", "NL" -> true;
            default -> false;
        };
    }
}
