package lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkTest {
    private static final String ORDER =
            """
            {"id":"3f2b8c1e9a7d4c02","type":"order.paid","occurred_at":"2026-11-23T10:15:30.123Z",
            "customer":{"id":48213,"name":"Weiß","country":"DE","tier":"gold"},"amount":129.99,
            "items":[{"sku":"BK-104","title":"Paperback","qty":2,"price":12.5,"tags":["sale","new"]}],
            "shipping":{"street":"Hauptstraße 5","city":"Köln","zip":"50667"},"note":"...","unknown":1}""";

    @Test
    void scoresAreThoseOfTheOtherRuntimes() throws IOException {
        JsonNode vectors = Json.MAPPER.readTree(new File("../vectors.json"));
        assertFalse(vectors.isEmpty());
        for (JsonNode vector : vectors) {
            var order = Json.MAPPER.treeToValue(vector.get("event"), Order.class);
            var state = new HashMap<String, Integer>();
            assertEquals(vector.get("score").asLong(), Compute.compute(order, vector.get("rounds").asInt(), state));
            assertEquals(
                    vector.get("updates").asInt(),
                    state.values().stream().mapToInt(it -> it).sum());
        }
    }

    @Test
    void eventsOfAFileAreRefusedWhereKafkaWouldBeRead() {
        var environment = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "b", "KAFKA_TOPIC", "t", "KAFKA_GROUP", "g", "LAB_EVENTS_FILE", "events"));
        assertFalse(Settings.of(environment).isVirtual());
        environment.put("LAB_LOOP", "virtual");
        assertThrows(IllegalArgumentException.class, () -> Settings.of(environment));
    }

    @Test
    void percentilesAreInterpolated() {
        assertEquals(7.0, Windows.percentile(new double[] {7}, 0.95));
        // Rank 0.95 * 3 = 2.85: 3 + 0.85 * (4 - 3).
        assertEquals(3.85, Windows.percentile(new double[] {1, 2, 3, 4}, 0.95), 1e-12);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "unknown":1 | "unknown":2 | true
            ,"tags":["sale","new"] | '' | true
            2026-11-23T10:15:30.123Z | 2100-12-31T23:59:59+00:00 | true
            2026-11-23T10:15:30.123Z | 2026-02-30T10:15:30Z | false
            2026-11-23T10:15:30.123Z | 2026-11-23T10:15:30+01:00 | false
            2026-11-23T10:15:30.123Z | 2101-01-01T00:00:00Z | false
            3f2b8c1e9a7d4c02 | 3F2B8C1E9A7D4C02 | false
            order.paid | order.lost | false
            48213 | 0 | false
            48213 | 1.5 | false
            48213 | "7" | false
            Weiß | '' | false
            "DE" | "de" | false
            "gold" | "iron" | false
            129.99 | 0 | false
            129.99 | 1000000 | true
            129.99 | 1000000.01 | false
            129.99 | "12" | false
            BK-104 | BK-1040 | false
            "qty":2 | "qty":100 | false
            "qty":2 | "number":2 | false
            12.5 | 10000.01 | false
            ["sale","new"] | ["1","2","3","4","5","6"] | false
            ["sale","new"] | [""] | false
            ["sale","new"] | [1] | false
            "city":"Köln", | '' | false
            ,"note":"..." | '' | false
            """)
    void everyRuleHolds(String what, String by, boolean valid) {
        String text = ORDER.replace(what.strip(), by.strip());
        assertFalse(text.equals(ORDER), what);
        assertEquals(valid, isValid(text), text);
    }

    @Test
    void theOrderIsValidAndBrokenJsonIsNot() {
        assertEquals(true, isValid(ORDER));
        assertEquals(false, isValid("{\"id\":"));
    }

    private static boolean isValid(String text) {
        try {
            return Job.validator().validate(Json.MAPPER.readValue(text, Order.class)).isEmpty();
        } catch (IOException error) {
            return false;
        }
    }
}
