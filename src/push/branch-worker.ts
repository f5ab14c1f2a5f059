import type { Clock } from '../clock.ts';
import type { CommitRequest, Identity } from '../commit/commit-request.ts';
import { CodedError, messageOf } from '../errors.ts';
import { blobShaOf } from '../git/blob-sha.ts';
import { refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import { type LastCommit, lastCommitsOf } from '../git/last-commit.ts';
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
import { CommitLoop } from './commit-loop.ts';
import type { Identify, PlaceInto } from './place.ts';
import { pushLimits } from './push-limits.ts';
import { PushLoop } from './push-loop.ts';
import type { DroppedChange } from './regenerate.ts';
import type { RemoteOptions } from './remote-session.ts';
import { createTurn } from './turn.ts';
import { sizeOf } from './unpushed-log.ts';

/** What of a branch worker can change while it lives. URL and branch can not: that is another worker. */
export interface BranchSettings {
  readonly secretData: Readonly<Record<string, Buffer>> | null;
  readonly committer: Identity;
  /** From the start of one push to the start of the next. */
  readonly minIntervalMs: number;
  /** Most commits of one push. */
  readonly maxCommits: number;
}

export interface BranchWorkerOptions extends RemoteOptions, BranchSettings {
  readonly clone: Clone;
  /** Folders that are written to; the tree is known only there. Default: the whole tree. */
  readonly prefixes?: readonly string[];
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
  readonly #queue: BoundedQueue<CommitRequest>;
  readonly #commits: CommitLoop;
  readonly #pushes: PushLoop;
  readonly #metrics: BranchMetrics;
  readonly #listeners = new Set<(state: BranchState) => void>();
  #settings: BranchSettings;
  #state: BranchState = initialBranchState;
  #closed = false;
  #errors: { readonly commit: BranchError | null; readonly push: BranchError | null } = {
    commit: null,
    push: null,
  };

  constructor(options: BranchWorkerOptions) {
    this.#options = options;
    this.#settings = options;
    this.#metrics = options.metrics ?? noMetrics;
    this.#queue = createBoundedQueue(pushLimits.queueCountMax, pushLimits.queueBytesMax);
    this.#store = new BranchStore({
      clone: options.clone,
      branch: options.branch,
      prefixes: options.prefixes ?? [],
      placeInto: options.placeInto,
      identify: options.identify ?? (() => null),
      committer: () => this.#settings.committer,
      nowMs: () => options.clock.now(),
      onDropped: (dropped) => this.#dropped(dropped),
      tell: (request, outcome) => this.#guard(() => request.onDone?.(outcome)),
    });
    const random = options.random ?? Math.random;
    const shared = {
      store: this.#store,
      turn: createTurn(),
      clock: options.clock,
      log: options.log,
      random,
    };
    this.#commits = new CommitLoop({
      ...shared,
      queue: this.#queue,
      report: (error) => this.#report('commit', error),
      onCommitted: () => this.#pushes.wake(),
    });
    this.#pushes = new PushLoop({
      ...shared,
      clone: options.clone,
      remoteOptions: () => ({ ...options, ...this.#settings }),
      settings: () => this.#settings,
      metrics: this.#metrics,
      state: () => this.state,
      change: (change) => this.#change(change),
      report: (error) => this.#report('push', error),
      onOpen: () => this.#commits.start(),
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

  /** Hands a change over. A promise is returned when there is no room: wait for it before the next. */
  enqueue(request: CommitRequest): Promise<void> | undefined {
    if (this.#closed) throw new CodedError('GitFailed', 'The branch is no longer written to');
    const room = this.#queue.put(request, sizeOf(request.files) + request.message.length);
    this.#commits.wake();
    return room;
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
  compare(path: string, content: Buffer): 'absent' | 'same' | 'different' {
    const entry = this.#store.index.get(path);
    if (entry === null) return 'absent';
    return entry.sha === blobShaOf(content, this.#options.clone.format()) ? 'same' : 'different';
  }

  /** The newest commit made here; null while the branch has none. */
  tip(): Promise<string | null> {
    return this.#options.clone.resolve(refsOf(this.#options.branch).head);
  }

  /** Whether a commit is part of the branch as it stands here. */
  async contains(commit: string): Promise<boolean> {
    const { clone, branch } = this.#options;
    const { exitCode } = await clone.git.run(['merge-base', '--is-ancestor', commit, refsOf(branch).head]);
    return exitCode === 0;
  }

  /** Content of a file as committed here, or null. */
  async read(path: string): Promise<Buffer | null> {
    const entry = this.#store.index.get(path);
    return entry === null ? null : this.#options.clone.readBlob(entry.sha);
  }

  /** For each path that stands or stood in the tree, the last commit that changed it. */
  async lastCommitsOf(paths: Iterable<string>): Promise<ReadonlyMap<string, LastCommit>> {
    const { clone, branch } = this.#options;
    const head = await clone.resolve(refsOf(branch).head);
    return head === null ? new Map() : lastCommitsOf(clone.dir, [head], paths);
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
    // Who waits for room is let go.
    while (this.#queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).length > 0);
    this.#listeners.clear();
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
