import type { Clock } from '../clock.ts';

/** Lets one loop wait for a time or for somebody to call, whichever comes first. A call in between is not lost. */
export interface Waker {
  wake(): void;
  /** Resolves after `ms` (Infinity: never by itself), or on `wake`. */
  wait(ms: number): Promise<void>;
}

export function createWaker(clock: Clock): Waker {
  let called = false;
  let waiting: AbortController | null = null;
  return {
    wake() {
      called = true;
      // Without a reason, one with a stack would be made.
      waiting?.abort('woken');
    },
    async wait(ms) {
      if (!called && ms > 0) {
        const controller = new AbortController();
        waiting = controller;
        if (ms === Number.POSITIVE_INFINITY) {
          await new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
        } else {
          await clock.sleep(ms, controller.signal);
        }
        waiting = null;
      }
      called = false;
    },
  };
}
