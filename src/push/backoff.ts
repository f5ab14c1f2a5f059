/** Growing, jittered delays between attempts. */
export interface Backoff {
  /** The next delay: random between half of the bound and the bound, which doubles each time up to its maximum. */
  nextMs(): number;
  /** After a success. */
  reset(): void;
}

export function createBackoff(minMs: number, maxMs: number, random: () => number = Math.random): Backoff {
  let bound = minMs;
  return {
    nextMs() {
      const delay = bound / 2 + (random() * bound) / 2;
      bound = Math.min(bound * 2, maxMs);
      return Math.round(delay);
    },
    reset() {
      bound = minMs;
    },
  };
}
