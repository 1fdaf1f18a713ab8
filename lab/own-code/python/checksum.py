"""What a result is, as one number."""

PRIME = 1_000_000_007


def add(checksum: int, result: int) -> int:
    return (checksum * 31 + result) % PRIME


def of_text(text: str) -> int:
    checksum = 0
    for character in text:
        checksum = add(checksum, ord(character))
    return checksum
