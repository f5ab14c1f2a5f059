import type { Clock } from '../clock.ts';
import { pushLimits } from './push-limits.ts';
import type { Waker } from './waker.ts';

export interface PushPaceOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly waker: Waker;
  readonly ended: AbortSignal;
  /** From the start of one push to the start of the next. */
  readonly minIntervalMs: () => number;
}

/**
 * When the next push starts: as soon as the last is over, but not before `minIntervalMs` after its start, in a burst a
 * little later, and after a rejection at a time of its own, so that two who push do not meet again.
 */
export class PushPace {
  readonly #options: PushPaceOptions;
  #isHurried = false;
  #isDraining = false;
  #rejections = 0;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  /** In a burst, the next push does not start before. */
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #committedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PushPaceOptions) {
    this.#options = options;
  }

  /** Whether somebody asked not to wait, since the last attempt began. */
  get isHurried(): boolean {
    return this.#isHurried;
  }

  /** Whether there are no delays any more but those after failures. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Pushes in a row that came too late. */
  get rejections(): number {
    return this.#rejections;
  }

  /** Whatever is waited for now is not waited for any longer. */
  hurry(): void {
    this.#isHurried = true;
    this.#options.waker.wake();
  }

  drain(): void {
    this.#isDraining = true;
    this.hurry();
  }

  /** There are new commits. */
  committed(): void {
    this.#committedAtMs = this.#options.clock.now();
    this.#options.waker.wake();
  }

  /** An attempt begins, which is what was hurried for. */
  attempt(): void {
    this.#isHurried = false;
  }

  startPush(): void {
    this.#startedAtMs = this.#options.clock.now();
  }

  /** The remote took a push of so many commits. */
  pushed(commits: number): void {
    this.#restUntilMs =
      this.#startedAtMs + intervalMsAfter(commits, this.#options.clock.now() - this.#startedAtMs);
    this.#rejections = 0;
  }

  /** Others were quicker. Tells how often in a row. */
  rejected(): number {
    this.#rejections++;
    return this.#rejections;
  }

  /** Something else went wrong than that others were quicker. */
  failed(): void {
    this.#rejections = 0;
  }

  /** Waits, but for `hurry` or the end. A wake for another reason (a new commit) does not shorten it. */
  async pause(ms: number): Promise<void> {
    const { clock, waker, ended } = this.#options;
    const until = clock.now() + ms;
    while (!this.#isHurried && !ended.aborted) {
      const left = until - clock.now();
      if (left <= 0) return;
      await waker.wait(left);
    }
  }

  /** Waits until the next push may start. */
  async keepInterval(): Promise<void> {
    const { clock, minIntervalMs } = this.#options;
    const left = this.#startedAtMs + minIntervalMs() + this.rejectionDelayMs() - clock.now();
    if (left > 0 && !this.#isDraining) await this.pause(left);
    await this.#rest();
  }

  /**
   * A push costs much the same for a few commits and for hundreds, here and there: while a burst lasts, they are
   * spaced. Its end is not waited for longer than it takes to see it.
   */
  async #rest(): Promise<void> {
    const { clock, waker, ended } = this.#options;
    while (!this.#isHurried && !this.#isDraining && !ended.aborted) {
      const until = Math.min(this.#restUntilMs, this.#committedAtMs + pushLimits.burstQuietMs);
      const left = until - clock.now();
      if (left <= 0) return;
      await waker.wait(left);
    }
  }

  /** Where others are quicker, waiting longer each time only lets them be quicker more often. */
  rejectionDelayMs(): number {
    const { rejectionJitterMs, rejectionDelayMsMax } = pushLimits;
    return this.#options.random() * Math.min(this.#rejections * rejectionJitterMs, rejectionDelayMsMax);
  }
}

/** From the start of a push to the start of the next. */
function intervalMsAfter(commits: number, tookMs: number): number {
  const { burstPushCommitsMin, burstPushTimes, burstPushIntervalMsMax } = pushLimits;
  return commits < burstPushCommitsMin ? 0 : Math.min(burstPushIntervalMsMax, tookMs * burstPushTimes);
}
