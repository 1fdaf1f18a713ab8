// Windows of a thousand events of a partition: amounts by country.

const SIZE = 1000;

export class Windows {
  #open = new Map();
  // Sums over groups, each of which is one country in one window.
  #sums = { windows: 0, groups: 0, count: 0, sum: 0, mean: 0, p95: 0 };

  add(partition, country, amount) {
    let window = this.#open.get(partition);
    if (!window) this.#open.set(partition, (window = { size: 0, amounts: new Map() }));
    const amounts = window.amounts.get(country);
    if (amounts) amounts.push(amount);
    else window.amounts.set(country, [amount]);
    if (++window.size === SIZE) this.#close(window);
  }

  finish() {
    for (const window of this.#open.values()) if (window.size > 0) this.#close(window);
    return this.#sums;
  }

  #close(window) {
    const sums = this.#sums;
    sums.windows++;
    for (const amounts of window.amounts.values()) {
      const sum = amounts.reduce((a, b) => a + b);
      sums.groups++;
      sums.count += amounts.length;
      sums.sum += sum;
      sums.mean += sum / amounts.length;
      sums.p95 += percentile(amounts.sort((a, b) => a - b), 0.95);
    }
    window.amounts.clear();
    window.size = 0;
  }
}

// Linear interpolation between order statistics.
export function percentile(sorted, p) {
  const rank = p * (sorted.length - 1);
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}
