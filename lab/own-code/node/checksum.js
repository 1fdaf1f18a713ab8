// What a result is, as one number.

export const PRIME = 1_000_000_007;

export function add(checksum, result) {
  return (checksum * 31 + result) % PRIME;
}

export function ofText(text) {
  let checksum = 0;
  for (const c of text) {
    checksum = add(checksum, c.codePointAt(0));
  }
  return checksum;
}
