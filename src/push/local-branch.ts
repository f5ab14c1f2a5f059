import { type BranchRefs, refsOf } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import type { CommitData } from '../git/commit-data.ts';
import { loadTreeIndex, TreeIndex } from '../git/tree-index.ts';
import type { BranchCursors } from './branch-cursors.ts';
import { type CursorDocument, emptyDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';
import { putBack, type Salvaged, salvage } from './salvage.ts';
import { type Remembered, UnpushedLog } from './unpushed-log.ts';

export interface LocalBranchOptions {
  readonly clone: Clone;
  readonly branch: string;
  readonly prefixes: readonly string[];
  readonly cursors: BranchCursors;
  readonly nowMs: () => number;
}

/** The branch as the clone has it: its refs, its tree and its cursors in memory, and what is unpushed. */
export class LocalBranch {
  readonly refs: BranchRefs;
  readonly cursors: BranchCursors;
  readonly #options: LocalBranchOptions;
  #index: TreeIndex = new TreeIndex();
  #head: string | null = null;
  #unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
  #before: string | null = null;
  #isStale = false;

  constructor(options: LocalBranchOptions) {
    this.#options = options;
    this.refs = refsOf(options.branch);
    this.cursors = options.cursors;
  }

  /** The tree of the head. What plans commits updates it; when they are not made, the branch is stale. */
  get index(): TreeIndex {
    return this.#index;
  }

  get head(): string | null {
    return this.#head;
  }

  get unpushed(): UnpushedLog {
    return this.#unpushed;
  }

  /** The commit before the first unpushed one. */
  get before(): string | null {
    return this.#before;
  }

  /** Whether memory may be ahead of the clone. */
  get isStale(): boolean {
    return this.#isStale;
  }

  becomeStale(): void {
    this.#isStale = true;
  }

  /** Reads the branch from the clone, with what an earlier process left unpushed. */
  async load(): Promise<void> {
    const { clone, prefixes } = this.#options;
    // Fails on a ref whose commit is missing, which else would look like no ref.
    await clone.git.ok(['for-each-ref', '--format=%(objecttype)']);
    const head = await clone.resolve(this.refs.head);
    const origin = await clone.resolve(this.refs.origin);
    const settled = await clone.resolve(this.refs.settled);
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
    await this.cursors.load(head, this.#head, unpushed);
    this.#head = head;
    this.#before = settled ?? origin;
    this.#isStale = false;
  }

  /** What is known at an unpushed commit; null: it is not known there. */
  documentAt(sha: string): CursorDocument | null {
    return sha === this.#head ? this.cursors.document : this.cursors.at(sha);
  }

  /** Makes commits; `documents` tells what is known at some of them, by their number, the last among them. */
  async land(
    commits: readonly CommitData[],
    documents: ReadonlyMap<number, CursorDocument>,
  ): Promise<readonly string[]> {
    const document = documents.get(commits.length - 1) ?? emptyDocument;
    const { clone } = this.#options;
    const before = this.#head;
    const atNames = (names: readonly string[]) =>
      [...documents].map(([at, known]) => ({ head: names[at] ?? '', document: known }));
    let shas: readonly string[];
    try {
      shas = await clone.commit(this.refs.head, before, commits, (names) =>
        this.cursors.note(atNames(names), before),
      );
    } catch (error) {
      // The answer may be lost and the commits made.
      const head = await clone.resolve(this.refs.head);
      if (head === null || head === before) throw error;
      const made = (await clone.git.ok(['rev-list', '--reverse', '--topo-order', head, ...not(before), '--']))
        .trim()
        .split('\n');
      if (made.length !== commits.length) throw error;
      shas = made;
    }
    this.#head = shas.at(-1) ?? before;
    this.cursors.landed(document, atNames(shas));
    return shas;
  }

  /** Starts a branch that neither the remote nor the clone has from a fetched commit, such as the default branch. */
  async startFrom(fetched: string): Promise<void> {
    await this.cursors.note([{ head: fetched, document: emptyDocument }], this.#head);
    await this.#options.clone.moveRefs([
      { ref: this.refs.head, to: fetched },
      { ref: this.refs.origin, to: fetched },
      ...(await this.leftoverRefs()),
    ]);
    await this.load();
  }

  /** The remote has everything up to a commit of this branch. */
  settleUpTo(sha: string, tell?: (request: Remembered) => void): void {
    this.#unpushed.removeUpTo(sha, tell);
    this.cursors.forgetUpTo(sha);
    this.#before = sha;
  }

  /** The same, if the commit counts as unpushed. */
  settleIfUnpushed(sha: string, tell: (request: Remembered) => void): void {
    if (this.#unpushed.removeUpTo(sha, tell) > 0) this.#before = sha;
  }

  /** The branch consists of other commits now, to which its refs were moved: what the remote has, and `made` on top. */
  replace(by: {
    readonly remoteTip: string;
    readonly made: readonly { readonly sha: string; readonly request: Remembered | null }[];
    readonly index: TreeIndex;
  }): void {
    const { remoteTip, made, index } = by;
    this.#head = made.at(-1)?.sha ?? remoteTip;
    this.#before = remoteTip;
    this.#index = index;
    this.#unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
    for (const { sha, request } of made) this.#unpushed.add(sha, request);
  }

  /** What catching up left behind, to be deleted. */
  async leftoverRefs(): Promise<readonly { readonly ref: string; readonly to: null }[]> {
    const left: { ref: string; to: null }[] = [];
    for (const ref of [this.refs.regenerated, this.refs.settled, this.refs.settling])
      if ((await this.#options.clone.resolve(ref)) !== null) left.push({ ref, to: null });
    return left;
  }

  /** Reads what is unpushed from a damaged clone. */
  salvage(): Promise<Salvaged> {
    const { clone, nowMs } = this.#options;
    const documentOf = (sha: string) => this.documentAt(sha);
    const { document } = this.cursors;
    return salvage(clone, { base: this.#before, unpushed: this.#unpushed, document, documentOf, nowMs });
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
    const { entries, unpushed, isWhole } = await putBack(clone, this.refs, salvaged, fetched);
    await this.cursors.beginAnew(entries);
    this.#head = null;
    this.#unpushed = unpushed;
    await this.load();
    return { kept: unpushed.length, isWhole };
  }
}

function not(commit: string | null): string[] {
  return commit === null ? [] : [`^${commit}`];
}
