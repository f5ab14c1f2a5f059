import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CommitOutcome, CommitRequest } from '../commit/commit-request.ts';
import { type BranchRefs, refsOf } from '../git/branch.ts';
import type { CommitData } from '../git/commit-data.ts';
import { isAncestorOf, mergeBaseOf } from '../git/history.ts';
import { loadTreeIndex, TreeIndex } from '../git/tree-index.ts';
import type { Log } from '../log.ts';
import { BranchCursors } from './branch-cursors.ts';
import { CatchUp, type CatchUpOptions, type Chunk } from './catch-up.ts';
import { cloneDamaged } from './clone-damaged.ts';
import { type CursorDocument, emptyDocument, withForeign } from './cursor-document.ts';
import { CursorJournal, type JournalEntry } from './cursor-journal.ts';
import { type BatchPlan, planBatch } from './plan-batch.ts';
import type { CommitPlan } from './plan-commit.ts';
import { pushLimits } from './push-limits.ts';
import type { QueueItem } from './queue-item.ts';
import type { DroppedChange } from './regenerate.ts';
import { moveRemoteSide, openRemoteSide, type RemoteSide } from './remote-side.ts';
import { type Salvaged, salvage } from './salvage.ts';
import { StoredAhead } from './stored-ahead.ts';
import { UnpushedLog } from './unpushed-log.ts';

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

/** What the next push moves the remote branch to. */
export interface NextPush {
  readonly sha: string;
  readonly count: number;
  /** What is known at that commit, or null: nothing. */
  readonly document: CursorDocument | null;
  /** Set when it is none of the local branch's commits. */
  readonly chunk: Chunk | null;
}

/**
 * The local half of a branch: its refs, its tree and its cursors in memory, and what is unpushed. It knows no network.
 * Its methods must not run at the same time, except `rejected` and those of `storedAhead`.
 */
export class BranchStore {
  readonly storedAhead: StoredAhead;
  readonly #options: BranchStoreOptions;
  readonly #refs: BranchRefs;
  readonly #cursors: BranchCursors;
  readonly #catchUp: CatchUp;
  readonly #ownEmails: Set<string>;
  #index: TreeIndex = new TreeIndex();
  #head: string | null = null;
  #unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
  /** The commit before the first unpushed one. */
  #before: string | null = null;
  /** The remote's side, while what is unpushed goes there in chunks. */
  #side: RemoteSide | null = null;
  #chunk: Chunk | null = null;
  #chunkMax: number = pushLimits.chunkCommitsMax;
  #rewrites = 0;
  #isRewritten = false;
  #isDamaged = false;
  /** Whether this process made the clone anew. */
  #isRestored = false;
  /** Whether memory may be ahead of the clone. */
  #stale = false;

  constructor(options: BranchStoreOptions) {
    this.#options = options;
    this.#refs = refsOf(options.branch);
    this.#ownEmails = new Set([options.committerEmail]);
    this.storedAhead = new StoredAhead(options.clone);
    const name = createHash('sha256').update(options.branch).digest('hex').slice(0, 16);
    const journal = new CursorJournal(join(options.clone.dir, 'gitops-reverser', `cursors-${name}.jsonl`));
    this.#cursors = new BranchCursors({ journal, log: options.log, nowMs: options.nowMs });
    this.#catchUp = new CatchUp({ ...options, refs: this.#refs, isOwn: this.isOwn });
  }

  get index(): TreeIndex {
    return this.#index;
  }

  get head(): string | null {
    return this.#head;
  }

  get unpushed(): UnpushedLog {
    return this.#unpushed;
  }

  /** Cursors and foreign paths as of the head. */
  get document(): CursorDocument {
    return this.#cursors.document;
  }

  /** Whether the remote has everything, and the local branch is what the remote has. */
  get isSettled(): boolean {
    return this.#unpushed.length === 0 && this.#side === null;
  }

  /** How often the remote branch was found without commits that it had, and the local one was made to follow. */
  get rewrites(): number {
    return this.#rewrites;
  }

  readonly isOwn = (email: string): boolean => this.#ownEmails.has(email);

  readonly #readBlob = async (sha: string): Promise<Buffer | null> =>
    this.storedAhead.held(sha) ?? this.#options.clone.readBlob(sha);

  /** Reads the branch from the clone, with what an earlier process left unpushed. */
  async load(): Promise<void> {
    const { clone, prefixes } = this.#options;
    // Fails on a ref whose commit is missing, which else would look like no ref.
    await clone.git.ok(['for-each-ref', '--format=%(objecttype)']);
    const head = await clone.resolve(this.#refs.head);
    const origin = await clone.resolve(this.#refs.origin);
    const settled = await clone.resolve(this.#refs.settled);
    this.#index = await loadTreeIndex(clone.git, head, prefixes);
    const range = [...not(origin), ...not(settled)];
    // Asked only where there may be some.
    const left =
      head === null || head === origin || head === settled
        ? ''
        : await clone.git.ok(['rev-list', '--reverse', '--topo-order', head, ...range, '--']);
    const kept = this.#unpushed;
    const unpushed = left.split('\n').filter((sha) => sha !== '');
    this.#unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
    for (const sha of unpushed) this.#unpushed.add(sha, kept.of(sha));
    await this.#cursors.load(head, this.#head, unpushed);
    this.#head = head;
    this.#before = settled ?? origin;
    this.#side = null;
    this.#chunk = null;
    this.#stale = false;
  }

  /**
   * Commits requests and applies marks, in order. Throws a CodedError when git failed: then none of it is done, and
   * all may be given again.
   */
  async commit(items: readonly QueueItem[]): Promise<void> {
    if (this.#isDamaged) throw cloneDamaged();
    const documentCommits = Math.min(pushLimits.documentCommits, this.#options.maxCommits());
    if (this.#stale) await this.load();
    await this.storedAhead.flush();
    const { clone, placeInto, nowMs } = this.#options;
    const context = {
      index: this.#index,
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
      if (batch.commits.length > 0) shas = await this.#land(batch.commits, batch.documents);
      else await this.mark(batch.document);
    } catch (error) {
      this.#stale = true;
      throw error;
    }
    let next = 0;
    for (const { request, plan } of batch.planned) {
      const sha = plan.writes.length === 0 ? null : (shas[next++] ?? null);
      if (sha !== null) this.#unpushed.add(sha, request);
      this.#tell(request, plan, sha);
    }
    if (batch.planned.some(({ plan }) => plan.lacksStored)) this.#options.onLoss();
  }

  /** What is known at the head is something else now. */
  mark(document: CursorDocument): Promise<void> {
    return this.#cursors.mark(this.#head, document);
  }

  /** Makes marks without a commit durable now, also those of a branch that has none yet. */
  flushMarks(): Promise<void> {
    return this.#cursors.flush(this.#head);
  }

  /** Makes commits; `documents` tells what is known at some of them, by their number, the last among them. */
  async #land(
    commits: readonly CommitData[],
    documents: ReadonlyMap<number, CursorDocument>,
  ): Promise<readonly string[]> {
    const document = documents.get(commits.length - 1) ?? emptyDocument;
    const { clone } = this.#options;
    const before = this.#head;
    let shas: readonly string[];
    try {
      shas = await clone.commit(this.#refs.head, before, commits, (names) =>
        this.#cursors.note(
          [...documents].map(([at, known]) => ({ head: names[at] ?? '', document: known })),
          before,
        ),
      );
    } catch (error) {
      // The answer may be lost and the commits made.
      const head = await clone.resolve(this.#refs.head);
      if (head === null || head === before) throw error;
      const made = (await clone.git.ok(['rev-list', '--reverse', '--topo-order', head, ...not(before), '--']))
        .trim()
        .split('\n');
      if (made.length !== commits.length) throw error;
      shas = made;
    }
    this.#head = shas.at(-1) ?? before;
    this.#cursors.landed(
      document,
      [...documents].map(([at, known]) => [shas[at] ?? '', known]),
    );
    return shas;
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

  /** What to push next, at most `countMax` commits; null: nothing. */
  async prepare(countMax: number): Promise<NextPush | null> {
    while (this.#side !== null) {
      if (this.#unpushed.length <= this.#chunkMax) {
        await this.#rebuild(this.#side);
        break;
      }
      const upTo = this.#pushEnd(Math.min(countMax, this.#chunkMax));
      if (upTo === null) break;
      const chunk = await this.#remade(this.#side, upTo.sha, 'AsChunk');
      if (chunk.shas.length > 0) {
        const { foreign } = this.#side;
        await this.#options.clone.setRef(this.#refs.settling, upTo.sha);
        this.#chunk = chunk;
        const known = this.#cursors.at(upTo.sha);
        const document = known === null ? null : withForeign(known, foreign, []);
        return { sha: chunk.tip, count: chunk.shas.length, document, chunk };
      }
      await this.#settle(chunk);
    }
    const next = this.#pushEnd(countMax);
    if (next === null) return null;
    const { sha, count } = next;
    const document = sha === this.#head ? this.document : this.#cursors.at(sha);
    return { sha, count, document, chunk: null };
  }

  /**
   * The last commit of the next push, at most `countMax` on: one at which the cursors are known, if there is one. A
   * branch that moved without them cannot be resumed from the remote alone.
   */
  #pushEnd(countMax: number): { readonly sha: string; readonly count: number } | null {
    const farthest = this.#unpushed.upTo(countMax);
    for (let count = farthest?.count ?? 0; count > 0; count--) {
      const end = this.#unpushed.upTo(count);
      if (end !== null && (end.sha === this.#head || this.#cursors.at(end.sha) !== null)) return end;
    }
    return farthest;
  }

  /** The remote has what `prepare` told. */
  async pushed({ sha, chunk }: NextPush): Promise<void> {
    this.#chunkMax = Math.min(pushLimits.chunkCommitsMax, this.#chunkMax * 2);
    if (chunk !== null) return this.#settle(chunk);
    await this.#options.clone.setRef(this.#refs.origin, sha);
    this.#unpushed.removeUpTo(sha, this.#options.tellPushed);
    this.#cursors.forgetUpTo(sha);
    this.#before = sha;
  }

  /** Somebody else was quicker: less is attempted next time. */
  rejected(): void {
    this.#chunkMax = Math.max(pushLimits.chunkCommitsMin, Math.floor(this.#chunkMax / 2));
  }

  /** Starts a branch that neither the remote nor the clone has from a fetched commit, such as the default branch. */
  async startFrom(fetched: string): Promise<void> {
    await this.#cursors.note([{ head: fetched, document: emptyDocument }], this.#head);
    await this.#options.clone.moveRefs([
      { ref: this.#refs.head, to: fetched },
      { ref: this.#refs.origin, to: fetched },
      ...(await this.#leftoverRefs()),
    ]);
    await this.load();
  }

  /** Takes over what the remote keeps of an earlier life, when nothing better is known. */
  async recover(document: CursorDocument): Promise<void> {
    await this.mark(document);
    await this.flushMarks();
  }

  /** The remote has no such branch any more: what was to go on top of it goes there as it is. */
  async forgetRemote(): Promise<void> {
    const leftovers = await this.#leftoverRefs();
    if (leftovers.length === 0 && this.#side === null) return;
    if (leftovers.length > 0) await this.#options.clone.moveRefs(leftovers);
    await this.load();
  }

  /** Takes in what the remote has: what is unpushed comes to stand on top of it. */
  async adopt(fetched: string): Promise<void> {
    const { clone } = this.#options;
    if (this.#stale) await this.load();
    const head = this.#head;
    if (head === null) return this.startFrom(fetched);
    await this.#recallChunk(fetched);
    const chunk = this.#chunk;
    if (chunk !== null) {
      this.#chunk = null;
      // The remote has it: the answer to its push was lost.
      if (await this.#hasChunk(fetched, chunk)) await this.#settle(chunk);
      else if (this.#side !== null) this.#side = { ...this.#side, at: chunk.tip };
    }
    const context = { ...this.#options, ownEmails: this.#ownEmails };
    const known = this.#side;
    if (known !== null) {
      this.#side = null;
      this.#side = await moveRemoteSide(context, known, fetched);
      return;
    }
    const origin = await clone.resolve(this.#refs.origin);
    const shared = (await this.#partedAt(origin, head, fetched)) ?? (await this.#mergeBase(head, fetched));
    const forward =
      origin === null || (shared !== null && (await this.#mergeBase(origin, shared)) === origin);
    // What was pushed once and is gone from a rewritten branch was taken away by somebody: it is not pushed again.
    const base = forward ? shared : origin;
    if (base !== null && this.#unpushed.removeUpTo(base, this.#options.tellPushed) > 0) this.#before = base;
    if (shared === fetched && forward) {
      // The remote has some of what counted as unpushed: the answer to a push was lost.
      if (origin !== fetched) await clone.setRef(this.#refs.origin, fetched);
      return;
    }
    if (!forward) this.#isRewritten = true;
    const side = await openRemoteSide(context, { index: this.#index, head, base }, fetched);
    if (this.#unpushed.length > this.#chunkMax) this.#side = side;
    else await this.#rebuild(side);
  }

  /** The last commit that two short straight lines from `origin` share; null: ask git. */
  async #partedAt(origin: string | null, head: string, fetched: string): Promise<string | null> {
    const { clone } = this.#options;
    const theirs = origin === null ? null : await clone.lineNames(origin, fetched);
    const mine = origin === null || theirs === null ? null : await clone.lineNames(origin, head);
    if (mine === null || theirs === null) return null;
    const parted = mine.findIndex((sha, at) => theirs[at] !== sha);
    return (parted < 0 ? mine.at(-1) : mine[parted - 1]) ?? origin;
  }

  async #hasChunk(fetched: string, { tip }: Chunk): Promise<boolean> {
    const since = this.#side === null ? null : await this.#options.clone.lineNames(this.#side.tip, fetched);
    return since === null ? this.contains(fetched, tip) : since.includes(tip);
  }

  /** Reads what is unpushed from a damaged clone. Nothing is committed until `restore`. */
  salvage(): Promise<Salvaged> {
    this.#isDamaged = true;
    return salvage(this.#options.clone, {
      base: this.#before,
      unpushed: this.#unpushed,
      document: this.document,
      documentOf: (sha) => (sha === this.#head ? this.document : this.#cursors.at(sha)),
      nowMs: this.#options.nowMs,
    });
  }

  /**
   * Goes on in a clone that was made anew, with what was salvaged, if the remote has what that stands on. Tells how
   * many commits these are, and whether they are all: else what is known of the cluster does not hold.
   */
  async restore(
    salvaged: Salvaged | null,
    fetched: string | null,
  ): Promise<{ readonly kept: number; readonly isWhole: boolean }> {
    const { clone } = this.#options;
    const base = salvaged?.base ?? null;
    const isThere = base === null ? fetched === null : await this.#isFetched(base, fetched);
    const kept = isThere ? salvaged : null;
    const isWhole = kept?.isWhole === true;
    const start = kept === null ? fetched : base;
    const refs = [this.#refs.head, this.#refs.origin];
    if (start !== null) await clone.moveRefs(refs.map((ref) => ({ ref, to: start })));
    const commits = kept?.commits ?? [];
    const entries: JournalEntry[] = [
      { head: start, document: isWhole ? (kept?.document ?? emptyDocument) : emptyDocument },
    ];
    const log = new UnpushedLog(pushLimits.rememberedBytesMax);
    for (let at = 0, tip = start; at < commits.length; at += pushLimits.chunkCommitsMax) {
      const batch = commits.slice(at, at + pushLimits.chunkCommitsMax);
      const shas = await clone.commit(
        this.#refs.head,
        tip,
        batch.map(({ data }) => data),
      );
      shas.forEach((sha, index) => {
        const { document = null, request = null } = batch[index] ?? {};
        if (document !== null && isWhole) entries.push({ head: sha, document });
        log.add(sha, request);
      });
      tip = shas.at(-1) ?? tip;
    }
    await this.#cursors.beginAnew(entries);
    this.#head = null;
    this.#unpushed = log;
    await this.load();
    this.#isDamaged = false;
    this.#isRestored = true;
    return { kept: commits.length, isWhole };
  }

  /** Whether a clone that was made anew has a commit, of which the remote may have gone on. */
  async #isFetched(commit: string, fetched: string | null): Promise<boolean> {
    const { clone } = this.#options;
    if ((await clone.resolve(commit)) !== null) return true;
    return fetched !== null && isAncestorOf(clone, commit, fetched);
  }

  /** A chunk that an earlier process prepared, and may have pushed. */
  async #recallChunk(fetched: string): Promise<void> {
    const { clone } = this.#options;
    if (this.#side !== null || this.#chunk !== null) return;
    const upTo = await clone.resolve(this.#refs.settling);
    const tip = await clone.resolve(this.#refs.regenerated);
    if (upTo === null || tip === null || !(await this.contains(fetched, tip))) return;
    await this.#settle({ upTo, tip, shas: [], made: [], sources: [], dropped: [] });
  }

  /** Everything up to a commit of the local branch is on the remote. */
  async #settle(chunk: Chunk): Promise<void> {
    await this.#options.clone.setRef(this.#refs.settled, chunk.upTo);
    this.#chunk = null;
    this.#before = chunk.upTo;
    this.#unpushed.removeUpTo(chunk.upTo);
    this.#cursors.forgetUpTo(chunk.upTo);
    if (this.#side !== null) this.#side = { ...this.#side, tip: chunk.tip, at: chunk.tip };
    for (const { request } of chunk.made) if (request !== null) this.#options.tellPushed(request);
    this.#tellDropped(chunk);
  }

  #tellDropped({ dropped }: Chunk): void {
    for (const { change, request } of dropped) {
      this.#options.onDropped(change);
      if (request !== null) this.#options.tellDropped(request, [change.path]);
    }
  }

  /** What is unpushed, up to a commit, made once more. When it fails, the side is opened again. */
  async #remade(side: RemoteSide, upTo: string, how: 'Aside' | 'AsChunk'): Promise<Chunk> {
    this.#side = null;
    const requests = this.#unpushed;
    const chunk = await this.#catchUp.regenerate(side, { before: this.#before, upTo, requests }, how);
    this.#side = { ...side, at: chunk.tip };
    return chunk;
  }

  /** Makes the local branch what the remote has, with all that is unpushed on top. */
  async #rebuild(side: RemoteSide): Promise<void> {
    const { clone } = this.#options;
    const head = this.#head;
    if (head === null) return;
    const none: Chunk = { upTo: head, tip: side.tip, shas: [], made: [], sources: [], dropped: [] };
    const chunk = this.#unpushed.length === 0 ? none : await this.#remade(side, head, 'Aside');
    this.#side = null;
    const written = chunk.made.flatMap(({ data }) => data.files.map(({ path }) => path));
    const document = withForeign(this.document, side.foreign, written);
    await this.#cursors.note([{ head: chunk.tip, document }], head);
    await clone.moveRefs([
      { ref: this.#refs.head, to: chunk.tip, from: head },
      { ref: this.#refs.origin, to: side.tip },
      ...(await this.#leftoverRefs()),
    ]);
    for (const path of [...side.changed, ...written]) {
      const mine = this.#index.get(path);
      if (mine?.verbatim && side.index.get(path)?.sha === mine.sha)
        side.index.set(path, mine.sha, { verbatim: true });
    }
    this.#cursors.replace(document, this.#movedDocuments(chunk, side));
    this.#head = chunk.tip;
    this.#before = side.tip;
    this.#index = side.index;
    this.#unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
    chunk.made.forEach(({ request }, at) => void this.#unpushed.add(chunk.shas[at] ?? '', request));
    if (this.#isRewritten) this.#rewrites++;
    this.#isRewritten = false;
    this.#tellDropped(chunk);
  }

  /** What is known at commits that were made once more. */
  #movedDocuments(chunk: Chunk, side: RemoteSide): [string, CursorDocument][] {
    const moved: [string, CursorDocument][] = [];
    const made = new Map(chunk.made.map(({ source }, at) => [source, chunk.shas[at] ?? '']));
    let at = side.tip;
    for (const source of chunk.sources) {
      at = made.get(source) ?? at;
      const document = this.#cursors.at(source);
      if (document !== null) moved.push([at, withForeign(document, side.foreign, [])]);
    }
    return moved;
  }

  async #leftoverRefs(): Promise<{ ref: string; to: null }[]> {
    const left: { ref: string; to: null }[] = [];
    for (const ref of [this.#refs.regenerated, this.#refs.settled, this.#refs.settling])
      if ((await this.#options.clone.resolve(ref)) !== null) left.push({ ref, to: null });
    return left;
  }

  /** Whether `ancestor` is in the history of `commit`. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    return (await this.#mergeBase(commit, ancestor)) === ancestor;
  }

  #mergeBase(one: string, other: string): Promise<string | null> {
    return mergeBaseOf(this.#options.clone, one, other);
  }
}

function not(commit: string | null): string[] {
  return commit === null ? [] : [`^${commit}`];
}
