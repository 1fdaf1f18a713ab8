import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Building and walking nested structures: a tree of departments and what they sell. */
final class Structures {
    private record Item(int id, int parent, String name, int amount) {}

    private record Node(String name, long total, List<Node> children) {}

    private static final Comparator<Node> LARGEST_FIRST =
            Comparator.comparingLong(Node::total).reversed().thenComparing(Node::name);

    /** What is below an item, the largest first. */
    private static Node build(Item item, Map<Integer, List<Item>> childrenOf) {
        List<Node> children = new ArrayList<>();
        long total = item.amount();
        for (Item below : childrenOf.getOrDefault(item.id(), List.of())) {
            Node child = build(below, childrenOf);
            children.add(child);
            total += child.total();
        }
        children.sort(LARGEST_FIRST);
        return new Node(item.name(), total, children);
    }

    /** A copy in which the children below {@code least} are one. */
    private static Node prune(Node node, long least) {
        List<Node> children = new ArrayList<>();
        long rest = 0;
        for (Node child : node.children()) {
            if (child.total() >= least) {
                children.add(prune(child, least));
            } else {
                rest += child.total();
            }
        }
        if (rest > 0) {
            children.add(new Node("other", rest, List.of()));
        }
        return new Node(node.name(), node.total(), children);
    }

    /** Adds the total of each path to {@code totals}, and returns how deep the tree is. */
    private static int addUp(Node node, String above, int depth, Map<String, Long> totals) {
        String path = above + "/" + node.name();
        totals.merge(path, node.total(), Long::sum);
        int deepest = depth;
        for (Node child : node.children()) {
            deepest = Math.max(deepest, addUp(child, path, depth + 1, totals));
        }
        return deepest;
    }

    static long run(List<String[]> rows, int iterations) {
        List<Item> items = rows.stream()
                .map(row -> new Item(Integer.parseInt(row[0]), Integer.parseInt(row[1]), row[2],
                        Integer.parseInt(row[3])))
                .toList();
        long checksum = 0;
        Map<String, Long> totals = Map.of();
        for (int i = 0; i < iterations; i++) {
            Map<Integer, List<Item>> childrenOf = new HashMap<>();
            for (Item item : items) {
                childrenOf.computeIfAbsent(item.parent(), parent -> new ArrayList<>()).add(item);
            }
            Node pruned = prune(build(items.get(0), childrenOf), 20 + i % 50);
            totals = new HashMap<>();
            int deepest = addUp(pruned, "", 1, totals);
            checksum = Checksum.add(checksum, deepest + totals.size());
            long weighed = 0;
            for (Map.Entry<String, Long> entry : totals.entrySet()) {
                weighed += entry.getKey().length() * entry.getValue();
            }
            checksum = Checksum.add(checksum, weighed);
        }
        return Checksum.add(checksum, Checksum.ofText(String.join("\n", new TreeSet<>(totals.keySet()))));
    }

    private Structures() {}
}
