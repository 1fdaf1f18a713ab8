//! What a result is, as one number.

pub const PRIME: i64 = 1_000_000_007;

pub fn add(checksum: i64, result: i64) -> i64 {
    (checksum * 31 + result) % PRIME
}

pub fn of_text(text: &str) -> i64 {
    text.chars().fold(0, |checksum, c| add(checksum, i64::from(u32::from(c))))
}
