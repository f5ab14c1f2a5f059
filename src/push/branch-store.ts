import type { CommitOutcome, CommitRequest, FileChange, Identity } from '../commit/commit-request.ts';
import { CodedError } from '../errors.ts';
import { type BranchRefs, refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import type { CommitData } from '../git/fast-import-stream.ts';
import { type LastCommit, lastCommitsOf } from '../git/last-commit.ts';
import { loadTreeIndex, TreeIndex, updateTreeIndex } from '../git/tree-index.ts';
import { storedCommits } from '../git/unpushed.ts';
import type { Identify, PlaceInto } from './place.ts';
import { type CommitPlan, planCommit } from './plan-commit.ts';
import { pushLimits } from './push-limits.ts';
import { type DroppedChange, regenerate } from './regenerate.ts';
import { UnpushedLog } from './unpushed-log.ts';

export interface BranchStoreOptions {
  readonly clone: Clone;
  readonly branch: string;
  readonly prefixes: readonly string[];
  readonly placeInto: PlaceInto;
  readonly identify: Identify;
  readonly committer: () => Identity;
  readonly nowMs: () => number;
  /** These must not throw. */
  readonly onDropped: (dropped: DroppedChange) => void;
  readonly tell: (request: CommitRequest, outcome: CommitOutcome) => void;
}

/**
 * The local half of a branch: its refs, its tree in memory, and what is unpushed. It knows no network.
 * Its methods must not run at the same time, except `pushed`.
 */
export class BranchStore {
  readonly #options: BranchStoreOptions;
  readonly #refs: BranchRefs;
  #index: TreeIndex = new TreeIndex();
  #head: string | null = null;
  #unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
  #foreign = new Map<string, LastCommit>();
  /** Whether memory may be ahead of the clone. */
  #stale = false;

  constructor(options: BranchStoreOptions) {
    this.#options = options;
    this.#refs = refsOf(options.branch);
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

  /** Reads the branch from the clone, with what an earlier process left unpushed. */
  async load(): Promise<void> {
    const { clone, prefixes } = this.#options;
    // Fails on a ref whose commit is missing, which else would look like no ref.
    await clone.git.ok(['for-each-ref', '--format=%(objecttype)']);
    const head = await clone.resolve(this.#refs.head);
    const origin = await clone.resolve(this.#refs.origin);
    this.#index = await loadTreeIndex(clone.git, head, prefixes);
    const left =
      head === null
        ? ''
        : await clone.git.ok(['rev-list', '--reverse', '--topo-order', head, ...not(origin), '--']);
    const kept = this.#unpushed;
    this.#unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
    for (const sha of left.split('\n')) if (sha !== '') this.#unpushed.add(sha, kept.filesOf(sha) ?? []);
    this.#head = head;
    this.#stale = false;
  }

  /**
   * Commits requests in order. Throws a CodedError when git failed: then none of them is committed, and all may be
   * given again.
   */
  async commit(requests: readonly CommitRequest[]): Promise<void> {
    if (this.#stale) await this.load();
    const { clone, placeInto, committer, nowMs } = this.#options;
    const context = {
      index: this.#index,
      format: clone.format(),
      placeInto,
      readBlob: (sha: string) => clone.readBlob(sha),
      fresh: new Map<string, Buffer>(),
      foreign: this.#foreign,
    };
    const planned: { request: CommitRequest; plan: CommitPlan }[] = [];
    const commits: CommitData[] = [];
    let shas: readonly string[] = [];
    try {
      for (const request of requests) {
        const plan = await planCommit(request, context);
        planned.push({ request, plan });
        if (plan.writes.length === 0) continue;
        const { author, authoredAtMs, message } = request;
        commits.push({
          author,
          authoredAtMs,
          message,
          committer: committer(),
          committedAtMs: nowMs(),
          files: plan.writes,
        });
      }
      if (commits.length > 0) shas = await this.#land(commits);
    } catch (error) {
      this.#stale = true;
      throw error;
    }
    let next = 0;
    for (const { request, plan } of planned) {
      const sha = plan.writes.length === 0 ? null : (shas[next++] ?? null);
      if (sha !== null) this.#unpushed.add(sha, request.files);
      this.#tell(request, plan, sha);
    }
  }

  async #land(commits: readonly CommitData[]): Promise<readonly string[]> {
    const { clone } = this.#options;
    const before = this.#head;
    let shas: readonly string[];
    try {
      shas = await clone.commit(this.#refs.head, before, commits);
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
    return shas;
  }

  #tell(request: CommitRequest, plan: CommitPlan, sha: string | null): void {
    const { author, authoredAtMs } = request;
    for (const { path, by } of plan.dropped) {
      const reason = 'the branch has a later commit of this path';
      this.#options.onDropped({ path, by, reason, author, authoredAtMs, commit: null });
    }
    const { refused, dropped } = plan;
    let outcome: CommitOutcome = { kind: 'Unchanged', refused };
    if (sha !== null) outcome = { kind: 'Committed', sha, filesChanged: plan.writes.length, refused };
    else if (dropped.length > 0) outcome = { kind: 'Dropped', paths: dropped.map(({ path }) => path) };
    this.#options.tell(request, outcome);
  }

  /** The remote branch stands at `sha` now, one of the unpushed commits. */
  async pushed(sha: string): Promise<void> {
    await this.#options.clone.setRef(this.#refs.origin, sha);
    this.#unpushed.removeUpTo(sha);
  }

  /** Starts a branch that neither the remote nor the clone has from a fetched commit, such as the default branch. */
  async startFrom(fetched: string): Promise<void> {
    await this.#options.clone.moveRefs([
      { ref: this.#refs.head, to: fetched },
      { ref: this.#refs.origin, to: fetched },
    ]);
    await this.load();
  }

  /** Takes in what the remote has: what is unpushed comes to stand on top of it. */
  async adopt(fetched: string): Promise<'Same' | 'Forward' | 'Rewritten'> {
    const { clone } = this.#options;
    if (this.#stale) await this.load();
    const head = this.#head;
    const origin = await clone.resolve(this.#refs.origin);
    if (head === null) {
      await this.startFrom(fetched);
      return 'Forward';
    }
    const shared = await this.#mergeBase(head, fetched);
    const forward =
      origin === null || (shared !== null && (await this.#mergeBase(origin, shared)) === origin);
    if (shared === fetched && forward) {
      // The remote has some of what counted as unpushed: the answer to a push was lost.
      if (origin !== fetched) await clone.setRef(this.#refs.origin, fetched);
      this.#unpushed.removeUpTo(fetched);
      return 'Same';
    }
    // What was pushed once and is gone from a rewritten branch was taken away by somebody: it is not pushed again.
    const base = forward ? shared : origin;
    await this.#rebuild(head, fetched, base, [head, `^${fetched}`, ...not(origin)]);
    return forward ? 'Forward' : 'Rewritten';
  }

  async #rebuild(
    head: string,
    fetched: string,
    base: string | null,
    range: readonly string[],
  ): Promise<void> {
    const { clone, prefixes, placeInto, identify, committer, nowMs, onDropped } = this.#options;
    const commits = await storedCommits(clone, range);
    const index = await loadTreeIndex(clone.git, fetched, prefixes);
    const changed = new Set(
      base === null
        ? index.paths()
        : (await updateTreeIndex(new TreeIndex(), clone.git, base, fetched, prefixes)).keys(),
    );
    const foreign = await this.#foreignCommits(changed, fetched, base);
    const filesOf = (sha: string) => this.#unpushed.filesOf(sha);
    const made = await regenerate(commits, {
      clone,
      index,
      changed,
      foreign,
      filesOf,
      placeInto,
      identify,
      committer: committer(),
      nowMs,
    });
    const shas = await this.#commitRegenerated(fetched, made.commits);
    const tip = shas.at(-1) ?? fetched;
    await clone.moveRefs([
      { ref: this.#refs.head, to: tip, from: head },
      { ref: this.#refs.origin, to: fetched },
      ...(shas.length === 0 ? [] : [{ ref: this.#refs.regenerated, to: null }]),
    ]);
    for (const path of this.#index.paths()) {
      const mine = this.#index.get(path);
      if (mine?.verbatim && index.get(path)?.sha === mine.sha) index.set(path, mine.sha, { verbatim: true });
    }
    this.#head = tip;
    this.#index = index;
    this.#unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
    shas.forEach((sha, at) => void this.#unpushed.add(sha, made.commits[at]?.files ?? []));
    for (const dropped of made.dropped) onDropped(dropped);
  }

  async #commitRegenerated(
    base: string,
    commits: readonly { readonly data: CommitData; readonly files: readonly FileChange[] }[],
  ): Promise<readonly string[]> {
    const { clone } = this.#options;
    const shas: string[] = [];
    if (commits.length === 0) return shas;
    // What a crash may have left there would not be an ancestor.
    await clone.moveRefs([{ ref: this.#refs.regenerated, to: base }]);
    for (let at = 0; at < commits.length; at += pushLimits.regenerateBatchMax) {
      const batch = commits.slice(at, at + pushLimits.regenerateBatchMax).map(({ data }) => data);
      shas.push(...(await clone.commit(this.#refs.regenerated, shas.at(-1) ?? base, batch)));
    }
    return shas;
  }

  /** Who changed these paths between two bases. Also remembered for changes that are not committed yet. */
  async #foreignCommits(
    changed: ReadonlySet<string>,
    fetched: string,
    base: string | null,
  ): Promise<ReadonlyMap<string, LastCommit>> {
    const { clone } = this.#options;
    const found = await lastCommitsOf(clone.dir, [fetched, ...not(base)], changed, 'AsBrought');
    for (const [path, commit] of found) {
      if (this.#foreign.size >= pushLimits.foreignPathsMax) this.#foreign.clear();
      this.#foreign.set(path, commit);
    }
    return found;
  }

  /** Whether `ancestor` is in the history of `commit`. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    return (await this.#mergeBase(commit, ancestor)) === ancestor;
  }

  async #mergeBase(one: string, other: string): Promise<string | null> {
    const output = await this.#options.clone.git.run(['merge-base', one, other]);
    if (output.exitCode === 0) return output.stdout.trim();
    if (output.exitCode === 1) return null;
    throw new CodedError('GitFailed', 'The local clone does not know a commit that it should have', {
      retry: true,
    });
  }
}

function not(commit: string | null): string[] {
  return commit === null ? [] : [`^${commit}`];
}
