import { createBackoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import type { PushResult } from '../git/remote.ts';
import type { Log } from '../log.ts';
import { type BranchMetrics, type BranchState, observerOf } from './branch-state.ts';
import type { BranchStore } from './branch-store.ts';
import type { CloneMender } from './clone-mender.ts';
import { codedErrorOf } from './coded-error.ts';
import { createMendedBranch } from './mended-branch.ts';
import { pushLimits } from './push-limits.ts';
import { pushMarks } from './push-marks.ts';
import { PushPace } from './push-pace.ts';
import type { RemoteCursor } from './remote-cursor.ts';
import type { RemoteOptions, RemoteSession } from './remote-session.ts';
import { SessionKeeper } from './session-keeper.ts';
import { openFromClone, takeInRemote } from './take-in-remote.ts';
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
  readonly mender: CloneMender;
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
  /** Called when not all that was unpushed could be saved from a damaged clone. */
  readonly onLoss: () => void;
  /** Asked before each push: may this process still write? */
  readonly mayPush: () => boolean;
  /** Called once the branch is known well enough to commit to it. */
  readonly onOpen: () => void;
}

/**
 * Everything that talks to the remote: opening, pushing, and taking in what others pushed. One thing at a time, when
 * `PushPace` says.
 */
export class PushLoop {
  readonly #options: PushLoopOptions;
  readonly #waker;
  readonly #backoff;
  readonly #pace: PushPace;
  readonly #ended = new AbortController();
  readonly #sessions: SessionKeeper;
  #first: Promise<CodedError | null> | null = null;
  #running: Promise<void> | null = null;
  /** Whether the remote may have what is not known here. */
  #behind = true;
  #opened = false;
  /** The last push met a lock. One that stays is nobody's push any more, and no attempt mends it. */
  #isLocked = false;
  #drained: (() => void)[] = [];
  #leave: () => void = () => {};

  constructor(options: PushLoopOptions) {
    this.#options = options;
    const { clock, random, settings } = options;
    this.#waker = createWaker(clock);
    this.#backoff = createBackoff(pushLimits.retryDelayMsMin, pushLimits.retryDelayMsMax, random);
    const { remoteOptions, clone, metrics, log } = options;
    this.#sessions = new SessionKeeper({ remoteOptions, clone, observe: observerOf(metrics), log });
    this.#pace = new PushPace({
      clock,
      random,
      waker: this.#waker,
      ended: this.#ended.signal,
      minIntervalMs: () => settings().minIntervalMs,
    });
  }

  /** Resolves with the error of the first attempt, or null. */
  start(): Promise<CodedError | null> {
    if (this.#first === null) this.#join();
    this.#first ??= this.#attempt();
    this.#running ??= this.#first.then((error) => this.#run(error));
    return this.#first;
  }

  wake(): void {
    this.#waker.wake();
  }

  /** There are new commits. */
  committed(): void {
    this.#pace.committed();
  }

  retryNow(): void {
    this.#pace.hurry();
  }

  /** The credentials changed: those in use are given up. */
  async renew(): Promise<void> {
    const closed = this.#sessions.close();
    this.retryNow();
    await closed;
  }

  /** Resolves when nothing is left to push; until then there are no delays but those after failures. */
  drain(): Promise<void> {
    this.#pace.drain();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#waker.wake();
    await this.#running;
    // Not while the branch is put into a clone that is made anew.
    await this.#options.mender.work(async () => this.#leave());
    for (const resolve of this.#drained.splice(0)) resolve();
    await this.#sessions.close();
  }

  #isDone(): boolean {
    return this.#opened && this.#options.store.isSettled;
  }

  async #run(first: CodedError | null): Promise<void> {
    const { mender } = this.#options;
    const pace = this.#pace;
    const isIdle = () => this.#isDone() && !mender.isDamaged;
    let error = first;
    while (!this.#ended.signal.aborted) {
      const isRaced = pace.rejections > 0 && !this.#isLocked;
      if (error !== null) await pace.pause(isRaced ? pace.rejectionDelayMs() : this.#backoff.nextMs());
      else if (!this.#behind && isIdle()) {
        await mender.work(() => this.#pushMarks());
        for (const resolve of this.#drained.splice(0)) resolve();
        await this.#waker.wait(this.#marksDueInMs());
        if (!pace.isHurried && isIdle()) continue;
        if (pace.isHurried && this.#isDone() && !pace.isDraining) this.#behind = true;
      }
      await pace.keepInterval();
      if (this.#ended.signal.aborted) return;
      pace.attempt();
      error = await this.#attempt();
    }
  }

  #join(): void {
    const { mender, store, clone, turn, log, onLoss, remoteOptions } = this.#options;
    const branch = createMendedBranch({
      branch: () => remoteOptions().branch,
      store,
      clone,
      turn,
      log,
      session: () => this.#sessions.open(),
      isOpened: () => this.#opened,
      wake: () => this.#waker.wake(),
      onRestored: () => {
        this.#behind = true;
      },
      onLoss,
    });
    this.#leave = mender.join(branch);
  }

  async #attempt(): Promise<CodedError | null> {
    const error = await this.#round();
    // What is found damaged is made anew at once.
    return error?.code === 'CloneDamaged' && !this.#ended.signal.aborted ? this.#round() : error;
  }

  /** One round: take in the remote if it may have moved, then push if there is something to push. */
  async #round(): Promise<CodedError | null> {
    const { report, log, store, onOpen, mender } = this.#options;
    try {
      const session = await this.#sessions.open();
      if (mender.isDamaged) await this.#mend(session);
      return await mender.work(async () => {
        if (this.#behind) await this.#takeIn(session);
        const rejected = store.isSettled ? null : await this.#push(session);
        if (rejected !== null) return rejected;
        this.#backoff.reset();
        report(null);
        return null;
      });
    } catch (thrown) {
      const error = codedErrorOf(thrown);
      if (this.#ended.signal.aborted) return error;
      this.#pace.failed();
      if (error.code === 'CloneDamaged') mender.tellDamaged();
      log.warn('Remote failed', { code: error.code, error: error.message });
      // A remote that is down does not stop a branch that is known from earlier.
      if (!this.#opened && (await mender.work(() => this.#openFromClone(error)))) onOpen();
      report(error);
      return error;
    }
  }

  #mend({ remote }: RemoteSession): Promise<void> {
    const { clone, mender, remoteOptions } = this.#options;
    const { signal } = this.#ended;
    return mender.mend(
      async () => (await remote.look(clone.dir, remoteOptions().branch, signal)).format,
      signal,
    );
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
    if (!(await openFromClone(this.#options, error))) return false;
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
    const { cursor, mayPush } = this.#options;
    const session = this.#sessions.present;
    const { signal } = this.#ended;
    if (cursor === null || session === null || signal.aborted) return;
    const dueInMs = this.#marksDueInMs();
    const last = this.#pace.isDraining && dueInMs < Number.POSITIVE_INFINITY && !cursor.isRefused;
    if ((dueInMs > 0 && !last) || !mayPush()) return;
    await pushMarks({ ...this.#options, cursor, session, signal });
  }

  /** Returns an error to wait after, or null: pushed, or rejected because others were quicker. */
  async #push(session: RemoteSession): Promise<CodedError | null> {
    const { clone, store, cursor, turn, clock, change, metrics, log, report, settings } = this.#options;
    const { mender, remoteOptions } = this.#options;
    const next = await turn(() => store.prepare(settings().maxCommits));
    if (store.rewrites !== this.#options.state().rewrites) change({ rewrites: store.rewrites });
    if (next === null) return null;
    // Another replica writes by now: what it finds on the remote must not change under it.
    if (!this.#options.mayPush())
      throw new CodedError('LeadershipLost', 'This replica does not lead any more');
    this.#pace.startPush();
    const startedAt = performance.now();
    const { head } = refsOf(remoteOptions().branch);
    const { remote } = session;
    const move = { ref: head, to: next.sha };
    const result = await this.#options.pushTurn(() =>
      cursor === null
        ? remote.push(clone, [move], this.#ended.signal)
        : cursor.push(remote, move, next.document, {
            signal: this.#ended.signal,
            branchFirst: this.#pace.rejections >= pushLimits.rejectionsTogetherMax,
          }),
    );
    metrics.push(outcomeOf(result), performance.now() - startedAt, next.count);
    if (result.ok) {
      this.#pace.pushed(next.count);
      await turn(() => store.pushed(next));
      this.#options.onPushed();
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
      const attempt = this.#pace.rejected();
      log.debug('Push rejected', { attempt, reason: message });
      if (attempt < pushLimits.rejectionsInARowMax) return null;
    } else this.#pace.failed();
    if (code === 'CloneDamaged') mender.tellDamaged();
    if (this.#ended.signal.aborted) return error;
    report(error);
    if (this.#pace.rejections % pushLimits.rejectionsInARowMax === 0)
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
