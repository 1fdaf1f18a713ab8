package lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** An event. A missing number is 0, which breaks the rule of each that is required. Sizes are in UTF-16 units. */
record Order(
        @NotNull @Pattern(regexp = "[0-9a-f]{16}") String id,
        @NotNull @Pattern(regexp = "order\\.(created|paid|shipped|cancelled)") String type,
        @JsonProperty("occurred_at") @NotNull String occurredAt,
        @NotNull @Valid Customer customer,
        @Positive @DecimalMax(value = "1000000", message = "more than 1,000,000") double amount,
        @NotNull @Size(min = 1, max = 200) List<@NotNull @Valid Item> items,
        @Valid Shipping shipping,
        @NotNull @Size(max = 20_000) String note) {

    @AssertTrue
    boolean isInstant() {
        if (occurredAt == null) {
            return false;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(occurredAt);
            return time.getOffset().equals(ZoneOffset.UTC) && 2000 <= time.getYear() && time.getYear() <= 2100;
        } catch (DateTimeException error) {
            return false;
        }
    }

    record Customer(
            @Min(1) @Max(10_000_000) long id,
            @NotNull @Size(min = 1, max = 100) String name,
            @NotNull @Pattern(regexp = "[A-Z]{2}") String country,
            @NotNull @Pattern(regexp = "bronze|silver|gold|platinum") String tier) {}

    record Item(
            @NotNull @Pattern(regexp = "[A-Z]{2}-[0-9]{3}") String sku,
            @NotNull @Size(min = 1, max = 80) String title,
            @Min(1) @Max(99) int qty,
            @Positive @DecimalMax(value = "10000", message = "more than 10,000") double price,
            @Size(max = 5) List<@NotNull @Size(min = 1, max = 16) String> tags) {}

    record Shipping(
            @NotNull @Size(min = 1, max = 80) String street,
            @NotNull @Size(min = 1, max = 80) String city,
            @NotNull @Size(min = 1, max = 80) String zip) {}

    /** What decode looks at. */
    record Paid(String type, CustomerId customer) {}

    record CustomerId(long id) {}

    /** What aggregate looks at. */
    record Amount(CustomerCountry customer, double amount) {}

    record CustomerCountry(String country) {}
}
