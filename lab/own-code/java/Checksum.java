/** What a result is, as one number. */
final class Checksum {
    static final long PRIME = 1_000_000_007L;

    static long add(long checksum, long result) {
        return (checksum * 31 + result) % PRIME;
    }

    static long ofText(String text) {
        long checksum = 0;
        for (char c : text.toCharArray()) {
            checksum = add(checksum, c);
        }
        return checksum;
    }

    private Checksum() {}
}
