import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { BoundedQueue } from './bounded-queue.ts';
import type { BranchStore } from './branch-store.ts';
import { codedErrorOf } from './coded-error.ts';
import { pushLimits } from './push-limits.ts';
import type { QueueItem } from './queue-item.ts';
import type { Turn } from './turn.ts';
import { createWaker } from './waker.ts';

export interface CommitLoopOptions {
  readonly store: BranchStore;
  readonly queue: BoundedQueue<QueueItem>;
  readonly turn: Turn;
  /** With more, nothing is committed until the remote took some. */
  readonly unpushedCommitsMax: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Tells the error that committing fails with, or null: it does not. */
  readonly report: (error: CodedError | null) => void;
  readonly onCommitted: () => void;
  /** The clone is damaged: nothing is committed until it is made anew. */
  readonly onDamaged: () => void;
}

/**
 * Takes what waits in the queue and commits it, batch after batch. A batch that fails (a full disk) is kept and
 * tried again until it succeeds: nothing is skipped, and nothing overtakes it.
 */
export class CommitLoop {
  readonly #options: CommitLoopOptions;
  readonly #waker;
  #batch: readonly QueueItem[] = [];
  #running: Promise<void> | null = null;
  readonly #ended = new AbortController();
  #idle: (() => void)[] = [];
  /** Before this nothing is committed, unless a whole batch or somebody waits. */
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #isResting = false;

  constructor(options: CommitLoopOptions) {
    this.#options = options;
    this.#waker = createWaker(options.clock);
  }

  /** Requests taken from the queue whose commits are being made. */
  get inHand(): number {
    return this.#batch.length;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    // Thousands a second in a burst: what rests is not to look after each.
    if (!this.#isResting || this.#options.queue.length >= pushLimits.batchCountMax) this.#waker.wake();
  }

  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#waker.wake();
    });
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#waker.wake();
    await this.#running;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #isIdle(): boolean {
    return this.#batch.length === 0 && this.#options.queue.length === 0;
  }

  /** What goes to disk costs much the same for one commit and for many: in a burst, more come together first. */
  async #rest(): Promise<void> {
    const { queue, clock } = this.#options;
    while (!this.#ended.signal.aborted && this.#idle.length === 0) {
      const leftMs = this.#restUntilMs - clock.now();
      if (leftMs <= 0 || queue.length >= pushLimits.batchCountMax) return;
      this.#isResting = true;
      await this.#waker.wait(leftMs);
      this.#isResting = false;
    }
  }

  async #run(): Promise<void> {
    const { queue, store, turn, clock, log, report, random } = this.#options;
    const { commitRetryDelayMsMin, retryDelayMsMax } = pushLimits;
    const backoff = createBackoff(commitRetryDelayMsMin, retryDelayMsMax, random);
    while (!this.#ended.signal.aborted) {
      if (this.#batch.length === 0 && queue.length > 0) await this.#rest();
      if (this.#batch.length === 0)
        this.#batch = queue.take(pushLimits.batchCountMax, pushLimits.batchBytesMax);
      if (this.#batch.length > 0 && store.unpushed.length >= this.#options.unpushedCommitsMax) {
        report(new CodedError('Backlogged', backlogged(store.unpushed.length), { retry: true }));
        await this.#waker.wait(pushLimits.retryDelayMsMax);
        continue;
      }
      if (this.#batch.length === 0) {
        for (const resolve of this.#idle.splice(0)) resolve();
        await this.#waker.wait(Number.POSITIVE_INFINITY);
        continue;
      }
      try {
        const startedAtMs = clock.now();
        await turn(() => store.commit(this.#batch));
        this.#batch = [];
        const endedAtMs = clock.now();
        const restMs = (endedAtMs - startedAtMs) * pushLimits.batchRestTimes;
        this.#restUntilMs = endedAtMs + Math.min(restMs, pushLimits.batchRestMsMax);
        backoff.reset();
        report(null);
        this.#options.onCommitted();
      } catch (error) {
        const coded = codedErrorOf(error);
        log.error('Commit failed', { code: coded.code, error: coded.message });
        report(coded);
        if (coded.code === 'CloneDamaged') this.#options.onDamaged();
        // A wake only tells that more is queued: the delay holds.
        await clock.sleep(backoff.nextMs(), this.#ended.signal);
      }
    }
  }
}

function backlogged(count: number): string {
  return `${count} commits wait for the remote; no more are made until it takes some`;
}
