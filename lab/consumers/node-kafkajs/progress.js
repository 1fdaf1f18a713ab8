// How far each partition is.

/** What has been begun and not been handled yet, in the order of offsets, and where the next event is. */
export class Progress {
  #partitions = new Map();

  begin(partition, offset) {
    let at = this.#partitions.get(partition);
    if (!at) this.#partitions.set(partition, (at = { next: 0, begun: new Set() }));
    at.next = offset + 1;
    at.begun.add(offset);
    return () => at.begun.delete(offset);
  }

  /** For each partition the offset before which every event is handled, as `commitOffsets` takes them. */
  handled(topic) {
    return [...this.#partitions].map(([partition, { next, begun }]) => {
      // A set keeps the order in which its members came.
      const [first = next] = begun;
      return { topic, partition, offset: String(first) };
    });
  }

  /** After a rebalance others may have the partitions. */
  forget() {
    this.#partitions.clear();
  }
}
