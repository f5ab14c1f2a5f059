import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import type { Target } from './target.ts';

/** What watches tell of the past is waited for so long at most: one that does not open must not stop the others. */
const REPLAY_MS_MAX = 2_000;
/** A watch that tells nothing for so long has nothing more to tell of the past. */
const REPLAY_QUIET_MS = 50;
export const REPLAY_LOOK_MS = 10;
/** With so many changes held, the oldest are handed on. */
const REPLAY_HELD_MAX = 1_000;

/**
 * The watches of a target that go on from a cursor, until each has told what it had to tell at once. The target holds
 * changes back meanwhile, and hands them on in the order of their versions.
 *
 * Else the watch that opens first is committed and pushed first, and for a process that is killed soon after its
 * start, again and again, that is always the same one: the others fall behind until the API server has forgotten.
 */
export class Replays {
  readonly #target: Target;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #captures = new Set<ResourceCapture>();

  constructor(target: Target, context: { readonly clock: Clock; readonly signal: AbortSignal }) {
    this.#target = target;
    this.#clock = context.clock;
    this.#signal = context.signal;
  }

  /** A watch goes on from a cursor. */
  add(capture: ResourceCapture): void {
    this.#captures.add(capture);
  }

  /** Is there more than one watch that was not waited for? One alone keeps nobody waiting. */
  get isAwaited(): boolean {
    return this.#captures.size > 1;
  }

  /** Wait for them, within the bounds. */
  async arrive(): Promise<void> {
    const untilMs = this.#clock.now() + REPLAY_MS_MAX;
    while (this.isAwaited && !this.#isOver(untilMs)) await this.#clock.sleep(REPLAY_LOOK_MS, this.#signal);
    this.#captures.clear();
  }

  #isOver(untilMs: number): boolean {
    if (this.#signal.aborted || this.#clock.now() >= untilMs) return true;
    if (this.#target.isClosed || this.#target.heldCount >= REPLAY_HELD_MAX) return true;
    // One without a position lost its place: it is listed.
    return [...this.#captures].every(
      (capture) => capture.position === undefined || capture.hasReplayed(REPLAY_QUIET_MS),
    );
  }
}
