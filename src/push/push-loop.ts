import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import { refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import type { PushResult } from '../git/remote.ts';
import type { Log } from '../log.ts';
import { type BranchMetrics, type BranchState, observerOf } from './branch-state.ts';
import type { BranchStore } from './branch-store.ts';
import { codedErrorOf } from './coded-error.ts';
import { pushLimits } from './push-limits.ts';
import type { RemoteCursor } from './remote-cursor.ts';
import { openRemoteSession, type RemoteOptions, type RemoteSession } from './remote-session.ts';
import type { Salvaged } from './salvage.ts';
import { takeInRemote } from './take-in-remote.ts';
import type { Turn } from './turn.ts';
import { createWaker } from './waker.ts';

export interface PushLoopOptions {
  readonly store: BranchStore;
  /** null: the remote keeps no cursors. */
  readonly cursor: RemoteCursor | null;
  readonly clone: Clone;
  readonly turn: Turn;
  /** Pushes of one repository follow one another, also those of several branches. */
  readonly pushTurn: Turn;
  /** Whether a clone that cannot be read may be made anew: nobody else uses it. */
  readonly mayRecreate: () => boolean;
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
  /** Called when the remote took commits. */
  readonly onPushed: () => void;
  /** Asked before each push: may this process still write? */
  readonly mayPush: () => boolean;
  /** Called once the branch is known well enough to commit to it. */
  readonly onOpen: () => void;
}

/**
 * Everything that talks to the remote: opening, pushing, and taking in what others pushed. One thing at a time.
 * The next push starts as soon as the last is over, but not before `minIntervalMs` after its start, and in a burst a
 * little later.
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
  #isDamaged = false;
  /** What was read from a damaged clone that is gone already. */
  #salvaged: Salvaged | null | undefined;
  #draining = false;
  #hurry = false;
  #rejections = 0;
  /** The last push met a lock. One that stays is nobody's push any more, and no attempt mends it. */
  #isLocked = false;
  #lastStart = Number.NEGATIVE_INFINITY;
  /** In a burst, the next push does not start before. */
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #committedAtMs = Number.NEGATIVE_INFINITY;
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

  /** There are new commits. */
  committed(): void {
    this.#committedAtMs = this.#options.clock.now();
    this.#waker.wake();
  }

  /** The clone is damaged: it is made anew as soon as the remote can be reached. */
  mend(): void {
    if (!this.#opened || !this.#options.mayRecreate()) return;
    this.#isDamaged = true;
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
    await this.#close(session);
  }

  /** Resolves when nothing is left to push; until then there are no delays but those after failures. */
  drain(): Promise<void> {
    this.#draining = true;
    this.retryNow();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#waker.wake();
    await this.#running;
    for (const resolve of this.#drained.splice(0)) resolve();
    const session = this.#session;
    this.#session = null;
    await this.#close(session);
  }

  /** What cannot be removed from the disk is told, and keeps nobody from ending. */
  async #close(session: RemoteSession | null): Promise<void> {
    try {
      await session?.close();
    } catch (error) {
      this.#options.log.error('Credentials stay on disk', { error: messageOf(error) });
    }
  }

  #isDone(): boolean {
    return this.#opened && this.#options.store.isSettled;
  }

  async #run(first: CodedError | null): Promise<void> {
    let error = first;
    while (!this.#ended.signal.aborted) {
      // Where others are quicker, waiting longer each time only lets them be quicker more often.
      if (error !== null && (this.#rejections === 0 || this.#isLocked))
        await this.#pause(this.#backoff.nextMs());
      else if (error !== null) await this.#pause(this.#rejectionDelayMs());
      else if (!this.#behind && this.#isDone() && !this.#isDamaged) {
        await this.#pushMarks();
        for (const resolve of this.#drained.splice(0)) resolve();
        await this.#waker.wait(this.#marksDueInMs());
        if (!this.#hurry && this.#isDone() && !this.#isDamaged) continue;
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
    const left = this.#lastStart + minIntervalMs + this.#rejectionDelayMs() - this.#options.clock.now();
    if (left > 0 && !this.#draining) await this.#pause(left);
    await this.#rest();
  }

  /**
   * A push costs much the same for a few commits and for hundreds, here and there: while a burst lasts, they are
   * spaced. Its end is not waited for longer than it takes to see it.
   */
  async #rest(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#hurry && !this.#draining && !this.#ended.signal.aborted) {
      const until = Math.min(this.#restUntilMs, this.#committedAtMs + pushLimits.burstQuietMs);
      const left = until - clock.now();
      if (left <= 0) return;
      await this.#waker.wait(left);
    }
  }

  #rejectionDelayMs(): number {
    const { rejectionJitterMs, rejectionDelayMsMax } = pushLimits;
    return this.#options.random() * Math.min(this.#rejections * rejectionJitterMs, rejectionDelayMsMax);
  }

  /** One round: take in the remote if it may have moved, then push if there is something to push. */
  async #attempt(): Promise<CodedError | null> {
    const { report, log, store, onOpen } = this.#options;
    try {
      const session = this.#session ?? (await this.#openSession());
      if (this.#isDamaged) await this.#makeAnew(session);
      if (this.#behind) await this.#takeIn(session);
      const rejected = store.isSettled ? null : await this.#push(session);
      if (rejected !== null) return rejected;
      this.#backoff.reset();
      report(null);
      return null;
    } catch (thrown) {
      const error = codedErrorOf(thrown);
      if (this.#ended.signal.aborted) return error;
      this.#rejections = 0;
      if (error.code === 'CloneDamaged') this.mend();
      log.warn('Remote failed', { code: error.code, error: error.message });
      // A remote that is down does not stop a branch that is known from earlier.
      if (!this.#opened && (await this.#openFromClone(error))) onOpen();
      report(error);
      return error;
    }
  }

  async #openSession(): Promise<RemoteSession> {
    const { metrics } = this.#options;
    const session = await openRemoteSession(this.#options.remoteOptions(), observerOf(metrics));
    this.#session = session;
    const { clone, remoteOptions } = this.#options;
    const { branch } = remoteOptions();
    clone.deepenThrough(branch, (commits) => session.remote.deepen(clone, branch, commits));
    return session;
  }

  /** Begins a damaged clone anew from the remote, with what was unpushed as far as it can be read. */
  async #makeAnew(session: RemoteSession): Promise<void> {
    const { clone, store, turn, log, change, remoteOptions } = this.#options;
    const { branch } = remoteOptions();
    const signal = this.#ended.signal;
    // Nothing is thrown away before the remote can be reached.
    const seen = await session.remote.look(clone.dir, branch, signal);
    const kept = await turn(async () => {
      if (this.#salvaged === undefined) this.#salvaged = await store.salvage();
      await clone.recreate(seen.format ?? clone.format());
      const fetched = seen.tip === null ? null : await session.remote.fetch(clone, branch, signal);
      return store.restore(this.#salvaged, fetched);
    });
    this.#salvaged = undefined;
    this.#isDamaged = false;
    this.#behind = true;
    log.warn('The local clone was damaged and is made anew', { kept: kept ?? 'nothing' });
    change({ losses: store.losses });
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
      mayRecreate: this.#options.mayRecreate,
      cursor: this.#options.cursor,
    });
    this.#behind = false;
    change({
      rewrites: store.rewrites,
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
    // As far as the clone knows: what changes meanwhile is committed here.
    this.#options.change({ branch: 'Present' });
    return true;
  }

  /** How long marks without a commit may still wait. */
  #marksDueInMs(): number {
    const { cursor, store, state } = this.#options;
    if (cursor === null || state().branch === 'Missing') return Number.POSITIVE_INFINITY;
    return cursor.dueInMs(store.head, store.document);
  }

  /** Everything is pushed: marks without a commit follow when they are due, or when this is the end. */
  async #pushMarks(): Promise<void> {
    const { cursor, store, turn, log } = this.#options;
    const session = this.#session;
    if (cursor === null || session === null || this.#ended.signal.aborted) return;
    const dueInMs = this.#marksDueInMs();
    const last = this.#draining && dueInMs < Number.POSITIVE_INFINITY && !cursor.isRefused;
    if ((dueInMs > 0 && !last) || !this.#options.mayPush()) return;
    try {
      // The two belong together.
      const { head, document } = await turn(async () => store);
      if (head === null || !store.isSettled) return;
      await this.#options.pushTurn(() =>
        cursor.pushAlone(session.remote, head, document, this.#ended.signal),
      );
    } catch (error) {
      log.debug('Cursors were not pushed', { error: codedErrorOf(error).message });
    }
  }

  /** Returns an error to wait after, or null: pushed, or rejected because others were quicker. */
  async #push(session: RemoteSession): Promise<CodedError | null> {
    const { clone, store, cursor, turn, clock, change, metrics, log, report, settings, remoteOptions } =
      this.#options;
    const next = await turn(() => store.prepare(settings().maxCommits));
    if (store.rewrites !== this.#options.state().rewrites) change({ rewrites: store.rewrites });
    if (next === null) return null;
    // Another replica writes by now: what it finds on the remote must not change under it.
    if (!this.#options.mayPush())
      throw new CodedError('LeadershipLost', 'This replica does not lead any more');
    this.#lastStart = clock.now();
    const startedAt = performance.now();
    const { head } = refsOf(remoteOptions().branch);
    const { remote } = session;
    const move = { ref: head, to: next.sha };
    const result = await this.#options.pushTurn(() =>
      cursor === null
        ? remote.push(clone, [move], this.#ended.signal)
        : cursor.push(remote, move, next.document, {
            signal: this.#ended.signal,
            branchFirst: this.#rejections >= pushLimits.rejectionsTogetherMax,
          }),
    );
    metrics.push(outcomeOf(result), performance.now() - startedAt, next.count);
    if (result.ok) {
      this.#restUntilMs = this.#lastStart + intervalMsAfter(next.count, clock.now() - this.#lastStart);
      await turn(() => store.pushed(next));
      this.#options.onPushed();
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
    this.#isLocked = rejection === 'Locked';
    if (isRace(result)) {
      store.rejected();
      this.#rejections++;
      log.debug('Push rejected', { attempt: this.#rejections, reason: message });
      if (this.#rejections < pushLimits.rejectionsInARowMax) return null;
    } else this.#rejections = 0;
    if (code === 'CloneDamaged') this.mend();
    if (this.#ended.signal.aborted) return error;
    report(error);
    if (this.#rejections % pushLimits.rejectionsInARowMax === 0)
      log.warn('Push failed', { code, error: message, commits: store.unpushed.length });
    return error;
  }
}

function outcomeOf(result: PushResult): 'ok' | 'rejected' | 'error' {
  if (result.ok) return 'ok';
  return isRace(result) ? 'rejected' : 'error';
}

/** Somebody else was quicker, or is pushing in this moment. */
function isRace({ failure }: PushResult & { ok: false }): boolean {
  return failure.rejection === 'NonFastForward' || failure.rejection === 'Locked';
}

/** From the start of a push to the start of the next. */
function intervalMsAfter(commits: number, tookMs: number): number {
  const { burstPushCommitsMin, burstPushTimes, burstPushIntervalMsMax } = pushLimits;
  return commits < burstPushCommitsMin ? 0 : Math.min(burstPushIntervalMsMax, tookMs * burstPushTimes);
}
