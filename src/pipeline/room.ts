import type { Clock } from '../clock.ts';

/** A branch that makes no room for this long is stuck: it must not keep the changes of others back any longer. */
const ROOM_WAIT_MS_MAX = 5_000;

/** Waits for room in a branch: slow is waited for, stuck is not. */
export class Room {
  readonly #clock: Clock;
  readonly #onStuck: (isStuck: boolean) => void;
  readonly #waiting = new Set<Promise<void>>();
  #isStuck = false;

  /** `onStuck` hears when the branch is stuck, and when everything that waited has room. */
  constructor(clock: Clock, onStuck: (isStuck: boolean) => void) {
    this.#clock = clock;
    this.#onStuck = onStuck;
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Resolves when there is room, or when it is clear that there is none. */
  async await(room: Promise<void>): Promise<void> {
    const hasRoom = new AbortController();
    const waiting = room.finally(() => {
      hasRoom.abort();
      this.#waiting.delete(waiting);
      if (!this.#isStuck || this.#waiting.size > 0) return;
      this.#isStuck = false;
      this.#onStuck(false);
    });
    this.#waiting.add(waiting);
    await Promise.race([waiting, this.#clock.sleep(ROOM_WAIT_MS_MAX, hasRoom.signal)]);
    if (hasRoom.signal.aborted || this.#isStuck) return;
    this.#isStuck = true;
    this.#onStuck(true);
  }
}
