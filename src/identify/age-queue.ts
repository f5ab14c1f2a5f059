/** An entry of an `AgeQueue`, with the links of the queue in it. */
export interface Queued {
  /** When it was recorded or last touched, in milliseconds. The queue sets it. */
  queuedAtMs: number;
  /** An estimate of the memory it holds. Change it only through `resize`. */
  bytes: number;
  older?: this | undefined;
  newer?: this | undefined;
}

/** Entries in the order of their last touch; every operation takes constant time. An entry is in one queue at most. */
export class AgeQueue<T extends Queued> {
  #oldest: T | undefined;
  #newest: T | undefined;
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** Put an entry, which is in no queue, at the newest end. */
  add(entry: T, nowMs: number): void {
    entry.queuedAtMs = nowMs;
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    this.#count += 1;
    this.#bytes += entry.bytes;
  }

  remove(entry: T): void {
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
    this.#count -= 1;
    this.#bytes -= entry.bytes;
  }

  /** Move an entry to the newest end. */
  touch(entry: T, nowMs: number): void {
    this.remove(entry);
    this.add(entry, nowMs);
  }

  resize(entry: T, bytes: number): void {
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }
}
