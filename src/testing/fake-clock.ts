import type { Clock } from '../clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** How long each sleeper still has to sleep, in milliseconds, the next to wake first. */
  readonly sleeping: readonly number[];
  /** Resolves, as soon as anything sleeps, with the time until the next one wakes. */
  asleep(): Promise<number>;
  /** Let time pass: sleepers wake in their order, each at its own moment. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** Make a fake clock. Default start: 2025-01-31T18:30:00Z. */
export function createFakeClock(startMs = Date.UTC(2025, 0, 31, 18, 30)): FakeClock {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];
  const waiting: (() => void)[] = [];
  const next = () => Math.min(...sleepers.map(({ wakesAtMs }) => wakesAtMs));
  return {
    now: () => nowMs,
    get sleeping() {
      return sleepers.map(({ wakesAtMs }) => wakesAtMs - nowMs).sort((a, b) => a - b);
    },
    sleep: (ms, signal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { wakesAtMs: nowMs + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
        for (const tell of waiting.splice(0)) tell();
      }),
    async asleep() {
      while (sleepers.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return next() - nowMs;
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        // What the last one woken does may put another to sleep within the time that passes.
        await settled();
        if (!(next() <= endMs)) break;
        nowMs = Math.max(nowMs, next());
        sleepers.find(({ wakesAtMs }) => wakesAtMs <= nowMs)?.wake();
      }
      nowMs = endMs;
    },
  };
}

/** Everything that can go on without time or I/O has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
