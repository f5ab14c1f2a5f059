/** Remembers the last few thousand uids, in two generations. */
export class RecentUids {
  readonly #halfMax: number;
  #recent = new Set<string>();
  #older = new Set<string>();

  constructor(countMax: number) {
    this.#halfMax = Math.ceil(countMax / 2);
  }

  add(uid: string): void {
    this.#recent.add(uid);
    if (this.#recent.size < this.#halfMax) return;
    this.#older = this.#recent;
    this.#recent = new Set();
  }

  has(uid: string): boolean {
    return this.#recent.has(uid) || this.#older.has(uid);
  }
}
