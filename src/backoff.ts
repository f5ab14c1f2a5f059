/**
 * Jittered exponential backoff: the n-th failure in a row (from 0) waits between half and all of
 * `minMs * 2^n`, at most `maxMs`. The jitter keeps many watches from reconnecting in step.
 */
export function backoffMs(
  failures: number,
  minMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return full / 2 + (random() * full) / 2;
}

/** Counts failures in a row, and tells how long to wait after each. */
export interface Backoff {
  /** The delay after one more failure. */
  nextMs(): number;
  /** After a success. */
  reset(): void;
}

/** A backoff that begins with at most `minMs` and grows to at most `maxMs`. */
export function createBackoff(minMs: number, maxMs: number, random: () => number = Math.random): Backoff {
  let failures = 0;
  return {
    nextMs: () => Math.round(backoffMs(failures++, minMs, maxMs, random)),
    reset() {
      failures = 0;
    },
  };
}
