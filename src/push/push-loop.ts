import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import type { PushResult } from '../git/remote.ts';
import type { Log } from '../log.ts';
import type { BranchMetrics, BranchState } from './branch-state.ts';
import type { BranchStore } from './branch-store.ts';
import { codedErrorOf } from './coded-error.ts';
import { pushLimits } from './push-limits.ts';
import { openRemoteSession, type RemoteOptions, type RemoteSession } from './remote-session.ts';
import { takeInRemote } from './take-in-remote.ts';
import type { Turn } from './turn.ts';
import { createWaker } from './waker.ts';

export interface PushLoopOptions {
  readonly store: BranchStore;
  readonly clone: Clone;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly metrics: BranchMetrics;
  readonly remoteOptions: () => RemoteOptions;
  readonly settings: () => { readonly minIntervalMs: number; readonly maxCommits: number };
  readonly state: () => BranchState;
  readonly change: (change: Partial<BranchState>) => void;
  /** Tells the error that the remote fails with, or null: it does not. */
  readonly report: (error: CodedError | null) => void;
  /** Called once the branch is known well enough to commit to it. */
  readonly onOpen: () => void;
}

/**
 * Everything that talks to the remote: opening, pushing, and taking in what others pushed. One thing at a time.
 * The next push starts as soon as the last is over, but not before `minIntervalMs` after its start.
 */
export class PushLoop {
  readonly #options: PushLoopOptions;
  readonly #waker;
  readonly #backoff;
  readonly #ended = new AbortController();
  #session: RemoteSession | null = null;
  #first: Promise<CodedError | null> | null = null;
  #running: Promise<void> | null = null;
  /** Whether the remote may have what is not known here. */
  #behind = true;
  #opened = false;
  #draining = false;
  #hurry = false;
  #rejections = 0;
  #lastStart = Number.NEGATIVE_INFINITY;
  #drained: (() => void)[] = [];

  constructor(options: PushLoopOptions) {
    this.#options = options;
    this.#waker = createWaker(options.clock);
    this.#backoff = createBackoff(pushLimits.retryDelayMsMin, pushLimits.retryDelayMsMax, options.random);
  }

  /** Resolves with the error of the first attempt, or null. */
  start(): Promise<CodedError | null> {
    this.#first ??= this.#attempt();
    this.#running ??= this.#first.then((error) => this.#run(error));
    return this.#first;
  }

  wake(): void {
    this.#waker.wake();
  }

  retryNow(): void {
    this.#hurry = true;
    this.#waker.wake();
  }

  /** The credentials changed: those in use are given up. */
  async renew(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.retryNow();
    await session?.close();
  }

  /** Resolves when nothing is left to push; until then there are no delays but those after failures. */
  drain(): Promise<void> {
    this.#draining = true;
    this.retryNow();
    if (this.#isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#waker.wake();
    await this.#running;
    for (const resolve of this.#drained.splice(0)) resolve();
    await this.#session?.close();
    this.#session = null;
  }

  #isDone(): boolean {
    return this.#opened && this.#options.store.unpushed.length === 0;
  }

  async #run(first: CodedError | null): Promise<void> {
    let error = first;
    while (!this.#ended.signal.aborted) {
      if (error !== null) await this.#pause(this.#backoff.nextMs());
      else if (!this.#behind && this.#isDone()) {
        for (const resolve of this.#drained.splice(0)) resolve();
        await this.#waker.wait(Number.POSITIVE_INFINITY);
        if (!this.#hurry && this.#isDone()) continue;
        if (this.#hurry && this.#isDone() && !this.#draining) this.#behind = true;
      }
      await this.#keepInterval();
      if (this.#ended.signal.aborted) return;
      this.#hurry = false;
      error = await this.#attempt();
    }
  }

  /** Waits, but for `retryNow` or the end. A wake for another reason (a new commit) does not shorten it. */
  async #pause(ms: number): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + ms;
    while (!this.#hurry && !this.#ended.signal.aborted) {
      const left = until - clock.now();
      if (left <= 0) return;
      await this.#waker.wait(left);
    }
  }

  async #keepInterval(): Promise<void> {
    const { minIntervalMs } = this.#options.settings();
    const jitter = this.#options.random() * this.#rejections * pushLimits.rejectionJitterMs;
    const left = this.#lastStart + minIntervalMs + jitter - this.#options.clock.now();
    if (left > 0 && !this.#draining) await this.#pause(left);
  }

  /** One round: take in the remote if it may have moved, then push if there is something to push. */
  async #attempt(): Promise<CodedError | null> {
    const { report, log, store, onOpen } = this.#options;
    try {
      const session = this.#session ?? (await this.#openSession());
      if (this.#behind) await this.#takeIn(session);
      const rejected = store.unpushed.length > 0 ? await this.#push(session) : null;
      if (rejected !== null) return rejected;
      this.#backoff.reset();
      report(null);
      return null;
    } catch (thrown) {
      const error = codedErrorOf(thrown);
      if (this.#ended.signal.aborted) return error;
      log.warn('Remote failed', { code: error.code, error: error.message });
      // A remote that is down does not stop a branch that is known from earlier.
      if (!this.#opened && (await this.#openFromClone(error))) onOpen();
      report(error);
      return error;
    }
  }

  async #openSession(): Promise<RemoteSession> {
    const { metrics } = this.#options;
    const session = await openRemoteSession(this.#options.remoteOptions(), ({ name, ok, durationMs }) =>
      metrics.gitOperation(name, ok ? 'ok' : 'error', durationMs),
    );
    this.#session = session;
    return session;
  }

  async #takeIn(session: RemoteSession): Promise<void> {
    const { clone, store, turn, change, onOpen, remoteOptions } = this.#options;
    const { branch } = remoteOptions();
    const signal = this.#ended.signal;
    const found = await takeInRemote({
      remote: session.remote,
      clone,
      store,
      turn,
      branch,
      signal,
      first: !this.#opened,
    });
    this.#behind = false;
    change({
      branch:
        found.tip === null ? 'Missing' : this.#options.state().branch === 'Created' ? 'Created' : 'Present',
      ...(found.tip === null ? {} : { lastPushedCommit: found.tip }),
    });
    if (this.#opened) return;
    this.#opened = true;
    onOpen();
  }

  async #openFromClone(error: CodedError): Promise<boolean> {
    if (!error.retry || !['RemoteUnreachable', 'TimedOut'].includes(error.code)) return false;
    const { clone, store, turn } = this.#options;
    try {
      await clone.prepare(null);
      await turn(() => store.load());
    } catch {
      return false;
    }
    if (store.head === null) return false;
    this.#opened = true;
    return true;
  }

  /** Returns an error to wait after, or null: pushed, or rejected because others were quicker. */
  async #push(session: RemoteSession): Promise<CodedError | null> {
    const { clone, store, clock, change, metrics, log, report, settings, remoteOptions } = this.#options;
    const next = store.unpushed.upTo(settings().maxCommits);
    if (next === null) return null;
    this.#lastStart = clock.now();
    const startedAt = performance.now();
    const { head } = refsOf(remoteOptions().branch);
    const result = await session.remote.push(clone, [{ ref: head, to: next.sha }], this.#ended.signal);
    metrics.push(outcomeOf(result), performance.now() - startedAt, next.count);
    if (result.ok) {
      await store.pushed(next.sha);
      this.#rejections = 0;
      change({
        lastPushedCommit: next.sha,
        lastPushTime: clock.now(),
        ...(result.created.includes(head) ? { branch: 'Created' as const } : {}),
      });
      return null;
    }
    // Whatever went wrong, the remote may have moved, or have taken the commits and the answer was lost.
    this.#behind = true;
    const { code, message, retry, rejection } = result.failure;
    const error = new CodedError(code, message, { retry });
    if (rejection === 'NonFastForward' && ++this.#rejections < pushLimits.rejectionsInARowMax) {
      log.debug('Push rejected: the remote branch has newer commits', { attempt: this.#rejections });
      return null;
    }
    if (!this.#ended.signal.aborted) report(error);
    return error;
  }
}

function outcomeOf(result: PushResult): 'ok' | 'rejected' | 'error' {
  if (result.ok) return 'ok';
  return result.failure.rejection === 'NonFastForward' ? 'rejected' : 'error';
}
