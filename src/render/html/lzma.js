"use strict";
// Unpacks what scripts/page has packed by LZMA, a fifth smaller than what browsers unpack themselves: the length in four bytes,
// lowest first, then the stream with lc = 3, lp = 0 and pb = 0. Format: https://www.7-zip.org/sdk.html, lzma-specification.txt.
const unpackLzma = (packed) => {
  const unpacked = new Uint8Array(new DataView(packed.buffer).getUint32(0, true));
  // Each bit is read by a chance of its own, out of 2048, that it is 0. What the chances are of, each from its place on:
  const [MATCH, REPEATED, OF_FIRST, SHORT, OF_SECOND, OF_THIRD] = [0, 12, 24, 36, 48, 60];
  const [LENGTH, LENGTH_REPEATED, SLOT, DISTANCE, ALIGNED, LITERAL] = [72, 346, 620, 876, 991, 1007];
  const chances = new Uint16Array(LITERAL + (0x300 << 3)).fill(1024);
  let at = 9, range = 0xffffffff, code = new DataView(packed.buffer).getUint32(5);
  const shift = () => {
    if (range >= 0x1000000) return;
    range = (range << 8) >>> 0;
    code = ((code << 8) | packed[at++]) >>> 0;
  };
  const bit = (place) => {
    const chance = chances[place], bound = (range >>> 11) * chance;
    const is = code < bound ? 0 : 1;
    if (is) {
      range -= bound;
      code -= bound;
      chances[place] -= chance >> 5;
    } else {
      range = bound;
      chances[place] += (2048 - chance) >> 5;
    }
    shift();
    return is;
  };
  // A number of some bits, the highest first; the chances of each depend on those before.
  const number = (place, bits) => {
    let read = 1;
    for (let left = bits; left > 0; left--) read = (read << 1) | bit(place + read);
    return read - (1 << bits);
  };
  // The same, the lowest first.
  const reversed = (place, bits) => {
    let read = 1, sum = 0;
    for (let power = 0; power < bits; power++) {
      const is = bit(place + read);
      read = (read << 1) | is;
      sum |= is << power;
    }
    return sum;
  };
  const length = (place) => {
    if (!bit(place)) return 2 + number(place + 2, 3);
    return bit(place + 1) ? 18 + number(place + 18, 8) : 10 + number(place + 10, 3);
  };
  const distance = (length) => {
    const slot = number(SLOT + 64 * Math.min(length - 2, 3), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1, high = (2 | (slot & 1)) << bits;
    if (slot < 14) return high + reversed(DISTANCE + high - slot, bits);
    let even = 0;
    for (let left = bits - 4; left > 0; left--) {
      range >>>= 1;
      const is = code < range ? 0 : 1;
      if (is) code -= range;
      shift();
      even = (even << 1) | is;
    }
    return high + (even << 4) + reversed(ALIGNED, 4);
  };
  let state = 0, last = [0, 0, 0, 0], to = 0;
  while (to < unpacked.length) {
    if (!bit(MATCH + state)) {
      const place = LITERAL + 0x300 * ((to ? unpacked[to - 1] : 0) >> 5);
      let read = 1;
      if (state >= 7) {
        for (let near = unpacked[to - last[0] - 1]; read < 256;) {
          near <<= 1;
          const expected = (near >> 8) & 1, is = bit(place + ((1 + expected) << 8) + read);
          read = (read << 1) | is;
          if (is !== expected) break;
        }
      }
      while (read < 256) read = (read << 1) | bit(place + read);
      unpacked[to++] = read;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count;
    if (!bit(REPEATED + state)) {
      count = length(LENGTH);
      last = [distance(count), last[0], last[1], last[2]];
      state = state < 7 ? 7 : 10;
    } else {
      const which = !bit(OF_FIRST + state) ? 0 : !bit(OF_SECOND + state) ? 1 : !bit(OF_THIRD + state) ? 2 : 3;
      const isShort = which === 0 && !bit(SHORT + state);
      last = [last[which], ...last.filter((_, index) => index !== which)];
      count = isShort ? 1 : length(LENGTH_REPEATED);
      state = state < 7 ? (isShort ? 9 : 8) : 11;
    }
    for (const end = to + count; to < end; to++) unpacked[to] = unpacked[to - last[0] - 1];
  }
  return unpacked;
};
