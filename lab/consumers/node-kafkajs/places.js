// Several events in progress at once.

export class Places {
  #free;
  #waiting = [];
  #all;

  constructor(places) {
    this.#free = this.#all = places;
  }

  /** Starts the work once there is a place for it. */
  async start(work) {
    while (this.#free === 0) await this.#change();
    this.#free--;
    work().finally(() => {
      this.#free++;
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** Waits until nothing is in progress. */
  async drained() {
    while (this.#free < this.#all) await this.#change();
  }

  #change() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
