import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CommitOutcome, CommitRequest } from '../commit/commit-request.ts';
import { refsOf } from '../git/branch.ts';
import type { TreeIndex } from '../git/tree-index.ts';
import type { Log } from '../log.ts';
import { BranchCursors } from './branch-cursors.ts';
import { CatchUp, type CatchUpOptions, type Chunk } from './catch-up.ts';
import { cloneDamaged } from './clone-damaged.ts';
import type { CursorDocument } from './cursor-document.ts';
import { CursorJournal } from './cursor-journal.ts';
import { LocalBranch } from './local-branch.ts';
import { type BatchPlan, planBatch } from './plan-batch.ts';
import type { CommitPlan } from './plan-commit.ts';
import { pushLimits } from './push-limits.ts';
import type { QueueItem } from './queue-item.ts';
import type { DroppedChange } from './regenerate.ts';
import { type NextPush, RemoteFollower } from './remote-follower.ts';
import type { Salvaged } from './salvage.ts';
import { StoredAhead } from './stored-ahead.ts';
import type { UnpushedLog } from './unpushed-log.ts';

export interface BranchStoreOptions extends Omit<CatchUpOptions, 'refs' | 'isOwn'> {
  readonly branch: string;
  readonly prefixes: readonly string[];
  /** E-mail address of the operator as a committer; those of its requests' committers are learned. */
  readonly committerEmail: string;
  /** Most commits of one push: where one may end, the cursors have to be known. */
  readonly maxCommits: () => number;
  readonly log: Log;
  /** These must not throw. */
  readonly onDropped: (dropped: DroppedChange) => void;
  /** A content that was stored ahead of its commit went with a damaged clone. */
  readonly onLoss: () => void;
  readonly tell: (request: CommitRequest, outcome: CommitOutcome) => void;
  readonly tellDropped: (request: Pick<CommitRequest, 'onDropped'>, paths: readonly string[]) => void;
  readonly tellPushed: (request: Pick<CommitRequest, 'onPushed'>) => void;
}

/**
 * The local half of a branch: what is committed to it, and what of that the remote has. It knows no network.
 * Its methods must not run at the same time, except `rejected` and those of `storedAhead`.
 */
export class BranchStore {
  readonly storedAhead: StoredAhead;
  readonly #options: BranchStoreOptions;
  readonly #branch: LocalBranch;
  readonly #follower: RemoteFollower;
  readonly #ownEmails: Set<string>;
  #isDamaged = false;
  /** Whether this process made the clone anew. */
  #isRestored = false;

  constructor(options: BranchStoreOptions) {
    this.#options = options;
    const { clone, branch, prefixes, committerEmail, log, nowMs, tellPushed } = options;
    this.#ownEmails = new Set([committerEmail]);
    this.storedAhead = new StoredAhead(clone);
    const name = createHash('sha256').update(branch).digest('hex').slice(0, 16);
    const journal = new CursorJournal(join(clone.dir, 'gitops-reverser', `cursors-${name}.jsonl`));
    const cursors = new BranchCursors({ journal, log, nowMs });
    this.#branch = new LocalBranch({ clone, branch, prefixes, cursors, nowMs });
    this.#follower = new RemoteFollower({
      clone,
      prefixes,
      ownEmails: this.#ownEmails,
      branch: this.#branch,
      catchUp: new CatchUp({ ...options, refs: refsOf(branch), isOwn: this.isOwn }),
      tellPushed,
      tellDropped: (dropped) => this.#tellDropped(dropped),
    });
  }

  get index(): TreeIndex {
    return this.#branch.index;
  }

  get head(): string | null {
    return this.#branch.head;
  }

  get unpushed(): UnpushedLog {
    return this.#branch.unpushed;
  }

  /** Cursors and foreign paths as of the head. */
  get document(): CursorDocument {
    return this.#branch.cursors.document;
  }

  /** Whether the remote has everything, and the local branch is what the remote has. */
  get isSettled(): boolean {
    return this.#follower.isSettled;
  }

  /** How often the remote branch was found without commits that it had, and the local one was made to follow. */
  get rewrites(): number {
    return this.#follower.rewrites;
  }

  readonly isOwn = (email: string): boolean => this.#ownEmails.has(email);

  readonly #readBlob = async (sha: string): Promise<Buffer | null> =>
    this.storedAhead.held(sha) ?? this.#options.clone.readBlob(sha);

  /** Reads the branch from the clone, with what an earlier process left unpushed. */
  load(): Promise<void> {
    return this.#follower.load();
  }

  /**
   * Commits requests and applies marks, in order. Throws a CodedError when git failed: then none of it is done, and
   * all may be given again.
   */
  async commit(items: readonly QueueItem[]): Promise<void> {
    if (this.#isDamaged) throw cloneDamaged();
    const documentCommits = Math.min(pushLimits.documentCommits, this.#options.maxCommits());
    if (this.#branch.isStale) await this.load();
    await this.storedAhead.flush();
    const { clone, placeInto, nowMs } = this.#options;
    const context = {
      index: this.#branch.index,
      format: clone.format(),
      placeInto,
      readBlob: this.#readBlob,
      fresh: new Map<string, Buffer>(),
      foreign: this.document.foreign,
      isOwn: this.isOwn,
      mayLackStored: this.#isRestored,
      document: this.document,
      documentCommits,
      nowMs,
      onCommitter: (email: string) => void this.#ownEmails.add(email),
    };
    let batch: BatchPlan;
    let shas: readonly string[] = [];
    try {
      batch = await planBatch(items, context);
      if (batch.commits.length > 0) shas = await this.#branch.land(batch.commits, batch.documents);
      else await this.mark(batch.document);
    } catch (error) {
      this.#branch.becomeStale();
      throw error;
    }
    let next = 0;
    for (const { request, plan } of batch.planned) {
      const sha = plan.writes.length === 0 ? null : (shas[next++] ?? null);
      if (sha !== null) this.#branch.unpushed.add(sha, request);
      this.#tell(request, plan, sha);
    }
    if (batch.planned.some(({ plan }) => plan.lacksStored)) this.#options.onLoss();
  }

  /** What is known at the head is something else now. */
  mark(document: CursorDocument): Promise<void> {
    return this.#branch.cursors.mark(this.#branch.head, document);
  }

  /** Makes marks without a commit durable now, also those of a branch that has none yet. */
  flushMarks(): Promise<void> {
    return this.#branch.cursors.flush(this.#branch.head);
  }

  #tell(request: CommitRequest, plan: CommitPlan, sha: string | null): void {
    const { author, authoredAtMs } = request;
    for (const { path, by } of plan.dropped) {
      const reason = 'the branch has a later commit of this path';
      this.#options.onDropped({ path, by, reason, author, authoredAtMs, commit: null });
    }
    const { refused } = plan;
    const dropped = plan.dropped.map(({ path }) => path);
    let outcome: CommitOutcome = { kind: 'Unchanged', refused };
    if (sha !== null) outcome = { kind: 'Committed', sha, filesChanged: plan.writes.length, refused };
    else if (dropped.length > 0) outcome = { kind: 'Dropped', paths: dropped };
    this.#options.tell(request, outcome);
    if (sha !== null && dropped.length > 0) this.#options.tellDropped(request, dropped);
  }

  #tellDropped({ change, request }: Chunk['dropped'][number]): void {
    this.#options.onDropped(change);
    if (request !== null) this.#options.tellDropped(request, [change.path]);
  }

  /** What to push next, at most `countMax` commits; null: nothing. */
  prepare(countMax: number): Promise<NextPush | null> {
    return this.#follower.prepare(countMax);
  }

  /** The remote has what `prepare` told. */
  pushed(next: NextPush): Promise<void> {
    return this.#follower.pushed(next);
  }

  /** Somebody else was quicker: less is attempted next time. */
  rejected(): void {
    this.#follower.rejected();
  }

  /** Starts a branch that neither the remote nor the clone has from a fetched commit, such as the default branch. */
  startFrom(fetched: string): Promise<void> {
    return this.#follower.startFrom(fetched);
  }

  /** Takes over what the remote keeps of an earlier life, when nothing better is known. */
  async recover(document: CursorDocument): Promise<void> {
    await this.mark(document);
    await this.flushMarks();
  }

  /** The remote has no such branch any more: what was to go on top of it goes there as it is. */
  forgetRemote(): Promise<void> {
    return this.#follower.forgetRemote();
  }

  /** Takes in what the remote has: what is unpushed comes to stand on top of it. */
  async adopt(fetched: string): Promise<void> {
    if (this.#branch.isStale) await this.load();
    await this.#follower.adopt(fetched);
  }

  /** Whether `ancestor` is in the history of `commit`. */
  contains(commit: string, ancestor: string): Promise<boolean> {
    return this.#follower.contains(commit, ancestor);
  }

  /** Reads what is unpushed from a damaged clone. Nothing is committed until `restore`. */
  salvage(): Promise<Salvaged> {
    this.#isDamaged = true;
    return this.#branch.salvage();
  }

  /**
   * Goes on in a clone that was made anew, with what was salvaged, if the remote has what that stands on. Tells how
   * many commits these are, and whether they are all: else what is known of the cluster does not hold.
   */
  async restore(
    salvaged: Salvaged | null,
    fetched: string | null,
  ): Promise<{ readonly kept: number; readonly isWhole: boolean }> {
    const restored = await this.#follower.restore(salvaged, fetched);
    this.#isDamaged = false;
    this.#isRestored = true;
    return restored;
  }
}
