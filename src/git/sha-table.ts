const FIRST_SLOTS = 256;

/**
 * Object names by slot, as bytes next to each other, with a few flags each: a fifth of what they take as text.
 * All are of one length, that of the first (SHA-1 or SHA-256).
 */
export class ShaTable {
  #bytes = Buffer.alloc(0);
  #flags = new Uint8Array(0);
  #shaBytes = 0;
  #used = 0;
  #free: number[] = [];

  /** A slot that nothing stands in. */
  take(): number {
    return this.#free.pop() ?? this.#used++;
  }

  /** Nobody needs the slot any more. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  /** @param sha in hexadecimal digits */
  set(slot: number, sha: string, flags: number): void {
    if (this.#shaBytes === 0) this.#shaBytes = sha.length / 2;
    if (slot >= this.#flags.length) this.#grow(Math.max(FIRST_SLOTS, Math.ceil((slot + 1) * 1.5)));
    const written = this.#bytes.write(sha, slot * this.#shaBytes, this.#shaBytes, 'hex');
    if (written * 2 !== sha.length || written !== this.#shaBytes) throw new Error(`No object name: ${sha}`);
    this.#flags[slot] = flags;
  }

  sha(slot: number): string {
    return this.#bytes.toString('hex', slot * this.#shaBytes, (slot + 1) * this.#shaBytes);
  }

  flags(slot: number): number {
    return this.#flags[slot] ?? 0;
  }

  copy(): ShaTable {
    const copy = new ShaTable();
    copy.#bytes = Buffer.from(this.#bytes);
    copy.#flags = this.#flags.slice();
    copy.#shaBytes = this.#shaBytes;
    copy.#used = this.#used;
    copy.#free = [...this.#free];
    return copy;
  }

  #grow(slots: number): void {
    const bytes = Buffer.alloc(slots * this.#shaBytes);
    this.#bytes.copy(bytes);
    const flags = new Uint8Array(slots);
    flags.set(this.#flags);
    this.#bytes = bytes;
    this.#flags = flags;
  }
}
