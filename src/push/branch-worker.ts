import type { Clock } from '../clock.ts';
import type { CommitRequest, CursorMark, Identity, StoredBlob } from '../commit/commit-request.ts';
import { CodedError, messageOf } from '../errors.ts';
import { refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import { isAncestorOf } from '../git/history.ts';
import { type LastCommit, lastCommitsOf, lastCommitsSince } from '../git/last-commit.ts';
import type { Log } from '../log.ts';
import { type BoundedQueue, createBoundedQueue } from './bounded-queue.ts';
import {
  type BranchError,
  type BranchMetrics,
  type BranchState,
  initialBranchState,
  noMetrics,
} from './branch-state.ts';
import { BranchStore } from './branch-store.ts';
import { cloneDamaged } from './clone-damaged.ts';
import { CloneMender } from './clone-mender.ts';
import { CommitLoop } from './commit-loop.ts';
import type { Identify, PlaceInto } from './place.ts';
import { contentSha } from './plan-commit.ts';
import { pushLimits } from './push-limits.ts';
import { PushLoop } from './push-loop.ts';
import { bytesOf, type QueueItem } from './queue-item.ts';
import type { DroppedChange } from './regenerate.ts';
import { RemoteCursor } from './remote-cursor.ts';
import type { RemoteOptions } from './remote-session.ts';
import { createTurn, type Turn } from './turn.ts';

/** What of a branch worker can change while it lives. URL and branch can not: that is another worker. */
export interface BranchSettings {
  readonly secretData: Readonly<Record<string, Buffer>> | null;
  /** From the start of one push to the start of the next. */
  readonly minIntervalMs: number;
  /** Most commits of one push. */
  readonly maxCommits: number;
}

export interface BranchWorkerOptions extends RemoteOptions, BranchSettings {
  readonly clone: Clone;
  /** The operator: its e-mail address tells its own commits from those of people. Each request names its own. */
  readonly committer: Identity;
  /**
   * Name of the remote's cursor ref, 16 hexadecimal digits: the same for the same operator, repository and branch.
   * Default: the remote keeps no cursors, and a clone that is lost takes them with it.
   */
  readonly cursorId?: string;
  /** The host does not take the cursor ref, with its reason. Told once until it does. */
  readonly onCursorRefused?: (reason: string) => void;
  /** Default: `pushLimits.unpushedCommitsMax`. */
  readonly unpushedCommitsMax?: number;
  /** Folders that are written to; the tree is known only there. Default: the whole tree. */
  readonly prefixes?: readonly string[];
  /** Default: pushes wait for nobody else's. */
  readonly pushTurn?: Turn;
  /** Default: the clone is nobody else's. */
  readonly mender?: CloneMender;
  /** Asked before each push: may this process still write? Default: always. */
  readonly mayPush?: () => boolean;
  readonly placeInto: PlaceInto;
  /** Default: knows no object, so conflicts of an earlier process' commits are left as Git has them. */
  readonly identify?: Identify;
  readonly onDropped?: (dropped: DroppedChange) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  readonly metrics?: BranchMetrics;
}

/**
 * Commits to one branch of one repository, and pushes it.
 *
 * Invariants: requests become commits in the order they came; a committed change is durable before it is told;
 * one push at a time, never by force; a remote that is slow, down or refusing does not stop committing.
 */
export class BranchWorker {
  readonly #options: BranchWorkerOptions;
  readonly #store: BranchStore;
  readonly #queue: BoundedQueue<QueueItem>;
  readonly #commits: CommitLoop;
  readonly #pushes: PushLoop;
  readonly #metrics: BranchMetrics;
  readonly #listeners = new Set<(state: BranchState) => void>();
  readonly #turn: Turn = createTurn();
  readonly #prefixes: string[];
  #settings: BranchSettings;
  #state: BranchState = initialBranchState;
  #closed = false;
  #handedOver = 0;
  #errors: { readonly commit: BranchError | null; readonly push: BranchError | null } = {
    commit: null,
    push: null,
  };

  constructor(options: BranchWorkerOptions) {
    this.#options = options;
    this.#settings = options;
    this.#prefixes = [...(options.prefixes ?? [''])];
    this.#metrics = options.metrics ?? noMetrics;
    this.#queue = createBoundedQueue(pushLimits.queueCountMax, pushLimits.queueBytesMax);
    this.#store = new BranchStore({
      clone: options.clone,
      branch: options.branch,
      prefixes: this.#prefixes,
      placeInto: options.placeInto,
      identify: options.identify ?? (() => null),
      committerEmail: options.committer.email,
      maxCommits: () => this.#settings.maxCommits,
      log: options.log,
      nowMs: () => options.clock.now(),
      onDropped: (dropped) => this.#dropped(dropped),
      tell: (request, outcome) => this.#guard(() => request.onDone?.(outcome)),
      tellDropped: (request, paths) => this.#guard(() => request.onDropped?.(paths)),
      onLoss: () => this.#lost(),
      tellPushed: (request) => this.#guard(() => request.onPushed?.()),
    });
    const mender = options.mender ?? new CloneMender(options.clone);
    const random = options.random ?? Math.random;
    const shared = {
      store: this.#store,
      turn: this.#turn,
      clock: options.clock,
      log: options.log,
      random,
    };
    this.#commits = new CommitLoop({
      ...shared,
      queue: this.#queue,
      unpushedCommitsMax: options.unpushedCommitsMax ?? pushLimits.unpushedCommitsMax,
      report: (error) => this.#report('commit', error),
      onCommitted: () => this.#pushes.committed(),
      onDamaged: () => mender.tellDamaged(),
    });
    this.#pushes = new PushLoop({
      ...shared,
      clone: options.clone,
      pushTurn: options.pushTurn ?? createTurn(),
      mender,
      mayPush: options.mayPush ?? (() => true),
      remoteOptions: () => ({ ...options, ...this.#settings }),
      settings: () => this.#settings,
      metrics: this.#metrics,
      state: () => this.state,
      change: (change) => this.#change(change),
      report: (error) => this.#report('push', error),
      onOpen: () => this.#commits.start(),
      onPushed: () => this.#commits.wake(),
      onLoss: () => this.#lost(),
      cursor: this.#remoteCursor(),
    });
  }

  get state(): BranchState {
    const queued = this.#queue.length + this.#commits.inHand;
    return { ...this.#state, queued, pendingCommits: this.#store.unpushed.length };
  }

  /** Starts to work; resolves with the first attempt's error, or null. Later attempts follow by themselves. */
  async open(): Promise<CodedError | null> {
    return this.#pushes.start();
  }

  /** Also write below another folder from now on: resolves when the tree is known there. Throws a CodedError. */
  async cover(prefix: string): Promise<void> {
    if (this.#prefixes.includes('') || this.#prefixes.includes(prefix)) return;
    this.#prefixes.push(prefix);
    if (this.#state.branch !== 'Unknown') await this.#turn(() => this.#store.load());
  }

  /** Hands a change over. A promise is returned when there is no room: wait for it before the next. */
  enqueue(request: CommitRequest): Promise<void> | undefined {
    if (this.#closed) throw new CodedError('GitFailed', 'The branch is no longer written to');
    const room = this.#queue.put(request, bytesOf(request));
    this.#handedOver++;
    this.#commits.wake();
    return room;
  }

  /**
   * Changes handed over so far. What was before a moment is on the remote when no more are queued and pending than were
   * handed over since: all leave in the order they came.
   */
  get handedOver(): number {
    return this.#handedOver;
  }

  /** Resolves when everything handed over so far is committed. */
  whenCommitted(): Promise<void> {
    return this.#commits.whenIdle();
  }

  onChange(listener: (state: BranchState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changed settings hold from the next commit or push on; a changed Secret is tried at once. */
  async update(settings: Partial<BranchSettings>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    if ('secretData' in settings) await this.#pushes.renew();
    else this.#pushes.wake();
  }

  /** Tries the remote again now, whatever delay stood before the next attempt. */
  retryNow(): void {
    this.#pushes.retryNow();
  }

  /** Paths of the branch's tree below `prefix`, as committed here. */
  treePaths(prefix = ''): Iterable<string> {
    return this.#store.index.paths(prefix);
  }

  /** How the file at a path, as committed here, compares with a content. */
  compare(path: string, content: Buffer | StoredBlob): 'absent' | 'same' | 'different' {
    const entry = this.#store.index.get(path);
    if (entry === null) return 'absent';
    return entry.sha === contentSha(content, this.#options.clone.format()) ? 'same' : 'different';
  }

  /** Hands marks over without a commit, behind everything handed over so far. */
  mark(marks: readonly CursorMark[]): void {
    if (this.#closed || marks.length === 0) return;
    const item = { marks };
    void this.#queue.put(item, bytesOf(item));
    this.#commits.wake();
  }

  /** The positions of an owner that belong to the newest commit made here. Empty: none are known. */
  cursor(owner: string): ReadonlyMap<string, string> {
    return this.#store.document.owners.get(owner) ?? new Map();
  }

  /** Puts content into the clone, with others, to be named in a request. Throws a CodedError; may be repeated then. */
  store(content: Buffer): Promise<StoredBlob> {
    return this.#store.storedAhead.store(content);
  }

  /** The newest commit made here; null while the branch has none. */
  tip(): Promise<string | null> {
    return this.#options.clone.resolve(refsOf(this.#options.branch).head);
  }

  /** Whether a commit is part of the branch as it stands here. */
  async contains(commit: string): Promise<boolean> {
    const { clone, branch } = this.#options;
    return isAncestorOf(clone, commit, refsOf(branch).head);
  }

  /** Content of a file as committed here, or null. */
  async read(path: string): Promise<Buffer | null> {
    const entry = this.#store.index.get(path);
    return entry === null ? null : this.#options.clone.readBlob(entry.sha);
  }

  /** For each path that stands or stood in the tree, the last commit that changed it, if it was not before `sinceMs`. */
  async lastCommitsOf(paths: Iterable<string>, sinceMs?: number): Promise<ReadonlyMap<string, LastCommit>> {
    const { clone, branch } = this.#options;
    const head = await clone.resolve(refsOf(branch).head);
    // Of a clone that is being made anew, nothing tells.
    if (head === null && this.#store.head !== null) throw cloneDamaged();
    if (head === null) return new Map();
    return sinceMs === undefined
      ? lastCommitsOf(clone, [head], paths)
      : lastCommitsSince(clone, head, paths, sinceMs);
  }

  /** Commits and pushes all there is, without delays, for at most `timeoutMs`; tells whether it all got there. */
  async drain(timeoutMs: number): Promise<boolean> {
    const stop = new AbortController();
    const late = this.#options.clock.sleep(timeoutMs, stop.signal).then(() => false);
    const done = this.whenCommitted()
      .then(() => this.#pushes.drain())
      .then(() => true);
    const drained = await Promise.race([done, late]);
    stop.abort();
    return drained && this.state.queued === 0 && this.state.pendingCommits === 0;
  }

  /** Stops at once; what is committed stays in the clone, what was only queued is lost with its caller. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#change({ phase: 'Closed' });
    await Promise.all([this.#commits.stop(), this.#pushes.stop()]);
    await this.#store.flushMarks();
    // Who waits for room is let go.
    while (this.#queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).length > 0);
    this.#listeners.clear();
  }

  #remoteCursor(): RemoteCursor | null {
    const { clone, branch, committer, cursorId, clock, log } = this.#options;
    if (cursorId === undefined) return null;
    return new RemoteCursor({
      id: cursorId,
      clone,
      branch,
      prefixes: this.#prefixes,
      committer,
      isOwn: this.#store.isOwn,
      clock,
      log,
      onRefused: (reason) => this.#guard(() => this.#options.onCursorRefused?.(reason)),
    });
  }

  #dropped(dropped: DroppedChange): void {
    this.#metrics.dropped();
    this.#options.log.info('Change dropped', {
      path: dropped.path,
      by: dropped.by?.sha,
      reason: dropped.reason,
    });
    this.#change({ dropped: this.#state.dropped + 1 });
    this.#guard(() => this.#options.onDropped?.(dropped));
  }

  #lost(): void {
    this.#change({ losses: this.#state.losses + 1 });
  }

  /** A listener's bug must not look like a failure of git, after which the work would be done once more. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.log.error('Listener failed', { error: messageOf(error) });
    }
  }

  #report(source: 'commit' | 'push', error: CodedError | null): void {
    const before = this.#errors[source];
    const since = before?.code === error?.code ? before?.since : undefined;
    const now: BranchError | null =
      error === null
        ? null
        : { code: error.code, message: error.message, since: since ?? this.#options.clock.now() };
    this.#errors = { ...this.#errors, [source]: now };
    const shown = this.#errors.commit ?? this.#errors.push;
    this.#change({ phase: shown === null ? 'Ready' : 'Failing', error: shown });
  }

  #change(change: Partial<BranchState>): void {
    if (this.#closed && change.phase !== 'Closed') return;
    const before = this.#state.queued;
    this.#state = { ...this.state, ...change };
    if (this.#state.queued !== before) this.#metrics.queueSize(this.#state.queued);
    for (const listener of this.#listeners) this.#guard(() => listener(this.#state));
  }
}
