import type { Clock } from '../clock.ts';
import { poll } from '../testing/poll.ts';

/** A clock that stands until it is advanced. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
  /** Waits until somebody sleeps. */
  asleep(): Promise<void>;
  /** Waits until nobody does. */
  awake(): Promise<void>;
  /** Until the first sleeper wakes up; 0 when nobody sleeps. */
  left(): number;
}

export function withFakeClock<T>(use: (clock: FakeClock) => Promise<T>): Promise<T> {
  let now = 1_700_000_000_000;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const clock: FakeClock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake();
    },
    asleep: () => poll(() => sleepers.size > 0, { intervalMs: 2, what: 'a sleeper' }).then(() => {}),
    awake: () => poll(() => sleepers.size === 0, { intervalMs: 2, what: 'no sleeper' }).then(() => {}),
    left: () => (sleepers.size === 0 ? 0 : Math.min(...[...sleepers].map(({ at }) => at)) - now),
  };
  return use(clock);
}
