import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { CommitRequest } from '../commit/commit-request.ts';
import type { CodedError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { BoundedQueue } from './bounded-queue.ts';
import type { BranchStore } from './branch-store.ts';
import { codedErrorOf } from './coded-error.ts';
import { pushLimits } from './push-limits.ts';
import type { Turn } from './turn.ts';
import { createWaker } from './waker.ts';

export interface CommitLoopOptions {
  readonly store: BranchStore;
  readonly queue: BoundedQueue<CommitRequest>;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Tells the error that committing fails with, or null: it does not. */
  readonly report: (error: CodedError | null) => void;
  readonly onCommitted: () => void;
}

/**
 * Takes what waits in the queue and commits it, batch after batch. A batch that fails (a full disk) is kept and
 * tried again until it succeeds: nothing is skipped, and nothing overtakes it.
 */
export class CommitLoop {
  readonly #options: CommitLoopOptions;
  readonly #waker;
  #batch: readonly CommitRequest[] = [];
  #running: Promise<void> | null = null;
  readonly #ended = new AbortController();
  #idle: (() => void)[] = [];

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
    this.#waker.wake();
  }

  whenIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
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

  async #run(): Promise<void> {
    const { queue, store, turn, log, report, random } = this.#options;
    const { commitRetryDelayMsMin, retryDelayMsMax } = pushLimits;
    const backoff = createBackoff(commitRetryDelayMsMin, retryDelayMsMax, random);
    while (!this.#ended.signal.aborted) {
      if (this.#batch.length === 0)
        this.#batch = queue.take(pushLimits.batchCountMax, pushLimits.batchBytesMax);
      if (this.#batch.length === 0) {
        for (const resolve of this.#idle.splice(0)) resolve();
        await this.#waker.wait(Number.POSITIVE_INFINITY);
        continue;
      }
      try {
        await turn(() => store.commit(this.#batch));
        this.#batch = [];
        backoff.reset();
        report(null);
        this.#options.onCommitted();
      } catch (error) {
        const coded = codedErrorOf(error);
        log.error('Commit failed', { code: coded.code, error: coded.message });
        report(coded);
        // A wake only tells that more is queued: the delay holds.
        await this.#options.clock.sleep(backoff.nextMs(), this.#ended.signal);
      }
    }
  }
}
