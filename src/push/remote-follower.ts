import type { Clone } from '../git/clone.ts';
import { mergeBaseOf } from '../git/history.ts';
import type { CatchUp, Chunk } from './catch-up.ts';
import { type CursorDocument, withForeign } from './cursor-document.ts';
import type { JournalEntry } from './cursor-journal.ts';
import type { LocalBranch } from './local-branch.ts';
import { pushLimits } from './push-limits.ts';
import { moveRemoteSide, openRemoteSide, type RemoteSide, type RemoteSideContext } from './remote-side.ts';
import type { Salvaged } from './salvage.ts';
import type { Remembered } from './unpushed-log.ts';

export interface RemoteFollowerOptions extends RemoteSideContext {
  readonly clone: Clone;
  readonly branch: LocalBranch;
  readonly catchUp: CatchUp;
  /** Tells of a commit that is on the remote. Must not throw. */
  readonly tellPushed: (request: Remembered) => void;
  /** Tells of a change that somebody else's later commit replaced. Must not throw. */
  readonly tellDropped: (dropped: Chunk['dropped'][number]) => void;
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

/** Keeps a local branch on top of what the remote has, and tells what to push. It knows no network. */
export class RemoteFollower {
  readonly #options: RemoteFollowerOptions;
  /** The remote's side, while what is unpushed goes there in chunks. */
  #side: RemoteSide | null = null;
  #chunk: Chunk | null = null;
  #chunkMax: number = pushLimits.chunkCommitsMax;
  #rewrites = 0;
  #isRewritten = false;

  constructor(options: RemoteFollowerOptions) {
    this.#options = options;
  }

  /** Whether the remote has everything, and the local branch is what the remote has. */
  get isSettled(): boolean {
    return this.#options.branch.unpushed.length === 0 && this.#side === null;
  }

  /** How often the remote branch was found without commits that it had, and the local one was made to follow. */
  get rewrites(): number {
    return this.#rewrites;
  }

  /** Reads the local branch anew. */
  async load(): Promise<void> {
    await this.#options.branch.load();
    this.#forget();
  }

  /** Goes on in a clone that was made anew; see `LocalBranch.restore`. */
  async restore(salvaged: Salvaged | null, fetched: string | null) {
    const restored = await this.#options.branch.restore(salvaged, fetched);
    this.#forget();
    return restored;
  }

  #forget(): void {
    this.#side = null;
    this.#chunk = null;
  }

  /** What to push next, at most `countMax` commits; null: nothing. */
  async prepare(countMax: number): Promise<NextPush | null> {
    const { branch, clone } = this.#options;
    while (this.#side !== null) {
      if (branch.unpushed.length <= this.#chunkMax) {
        await this.#rebuild(this.#side);
        break;
      }
      const upTo = this.#pushEnd(Math.min(countMax, this.#chunkMax));
      if (upTo === null) break;
      const chunk = await this.#remade(this.#side, upTo.sha, 'AsChunk');
      if (chunk.shas.length > 0) {
        const { foreign } = this.#side;
        await clone.setRef(branch.refs.settling, upTo.sha);
        this.#chunk = chunk;
        const known = branch.cursors.at(upTo.sha);
        const document = known === null ? null : withForeign(known, foreign, []);
        return { sha: chunk.tip, count: chunk.shas.length, document, chunk };
      }
      await this.#settle(chunk);
    }
    const next = this.#pushEnd(countMax);
    if (next === null) return null;
    const { sha, count } = next;
    return { sha, count, document: branch.documentAt(sha), chunk: null };
  }

  /**
   * The last commit of the next push, at most `countMax` on: one at which the cursors are known, if there is one. A
   * branch that moved without them cannot be resumed from the remote alone.
   */
  #pushEnd(countMax: number): { readonly sha: string; readonly count: number } | null {
    const { branch } = this.#options;
    const farthest = branch.unpushed.upTo(countMax);
    for (let count = farthest?.count ?? 0; count > 0; count--) {
      const end = branch.unpushed.upTo(count);
      if (end !== null && branch.documentAt(end.sha) !== null) return end;
    }
    return farthest;
  }

  /** The remote has what `prepare` told. */
  async pushed({ sha, chunk }: NextPush): Promise<void> {
    const { branch, clone, tellPushed } = this.#options;
    this.#chunkMax = Math.min(pushLimits.chunkCommitsMax, this.#chunkMax * 2);
    if (chunk !== null) return this.#settle(chunk);
    await clone.setRef(branch.refs.origin, sha);
    branch.settleUpTo(sha, tellPushed);
  }

  /** Somebody else was quicker: less is attempted next time. */
  rejected(): void {
    this.#chunkMax = Math.max(pushLimits.chunkCommitsMin, Math.floor(this.#chunkMax / 2));
  }

  /** Starts a branch that neither the remote nor the clone has from a fetched commit, such as the default branch. */
  async startFrom(fetched: string): Promise<void> {
    await this.#options.branch.startFrom(fetched);
    this.#forget();
  }

  /** The remote has no such branch any more: what was to go on top of it goes there as it is. */
  async forgetRemote(): Promise<void> {
    const { branch, clone } = this.#options;
    const leftovers = await branch.leftoverRefs();
    if (leftovers.length === 0 && this.#side === null) return;
    if (leftovers.length > 0) await clone.moveRefs(leftovers);
    await this.load();
  }

  /** Takes in what the remote has: what is unpushed comes to stand on top of it. */
  async adopt(fetched: string): Promise<void> {
    const { branch, clone, tellPushed } = this.#options;
    const { head } = branch;
    if (head === null) return this.startFrom(fetched);
    await this.#recallChunk(fetched);
    const chunk = this.#chunk;
    if (chunk !== null) {
      this.#chunk = null;
      // The remote has it: the answer to its push was lost.
      if (await this.#hasChunk(fetched, chunk)) await this.#settle(chunk);
      else if (this.#side !== null) this.#side = { ...this.#side, at: chunk.tip };
    }
    const known = this.#side;
    if (known !== null) {
      this.#side = null;
      this.#side = await moveRemoteSide(this.#options, known, fetched);
      return;
    }
    const origin = await clone.resolve(branch.refs.origin);
    const shared = (await this.#partedAt(origin, head, fetched)) ?? (await this.#mergeBase(head, fetched));
    const forward =
      origin === null || (shared !== null && (await this.#mergeBase(origin, shared)) === origin);
    // What was pushed once and is gone from a rewritten branch was taken away by somebody: it is not pushed again.
    const base = forward ? shared : origin;
    if (base !== null) branch.settleIfUnpushed(base, tellPushed);
    if (shared === fetched && forward) {
      // The remote has some of what counted as unpushed: the answer to a push was lost.
      if (origin !== fetched) await clone.setRef(branch.refs.origin, fetched);
      return;
    }
    if (!forward) this.#isRewritten = true;
    const side = await openRemoteSide(this.#options, { index: branch.index, head, base }, fetched);
    if (branch.unpushed.length > this.#chunkMax) this.#side = side;
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

  /** A chunk that an earlier process prepared, and may have pushed. */
  async #recallChunk(fetched: string): Promise<void> {
    const { branch, clone } = this.#options;
    if (this.#side !== null || this.#chunk !== null) return;
    const upTo = await clone.resolve(branch.refs.settling);
    const tip = await clone.resolve(branch.refs.regenerated);
    if (upTo === null || tip === null || !(await this.contains(fetched, tip))) return;
    await this.#settle({ upTo, tip, shas: [], made: [], sources: [], dropped: [] });
  }

  /** Everything up to a commit of the local branch is on the remote. */
  async #settle(chunk: Chunk): Promise<void> {
    const { branch, clone, tellPushed, tellDropped } = this.#options;
    await clone.setRef(branch.refs.settled, chunk.upTo);
    this.#chunk = null;
    branch.settleUpTo(chunk.upTo);
    if (this.#side !== null) this.#side = { ...this.#side, tip: chunk.tip, at: chunk.tip };
    for (const { request } of chunk.made) if (request !== null) tellPushed(request);
    for (const dropped of chunk.dropped) tellDropped(dropped);
  }

  /** What is unpushed, up to a commit, made once more. When it fails, the side is opened again. */
  async #remade(side: RemoteSide, upTo: string, how: 'Aside' | 'AsChunk'): Promise<Chunk> {
    const { branch, catchUp } = this.#options;
    this.#side = null;
    const { before, unpushed } = branch;
    const chunk = await catchUp.regenerate(side, { before, upTo, requests: unpushed }, how);
    this.#side = { ...side, at: chunk.tip };
    return chunk;
  }

  /** Makes the local branch what the remote has, with all that is unpushed on top. */
  async #rebuild(side: RemoteSide): Promise<void> {
    const { branch, clone, tellDropped } = this.#options;
    const { head, refs, cursors } = branch;
    if (head === null) return;
    const none: Chunk = { upTo: head, tip: side.tip, shas: [], made: [], sources: [], dropped: [] };
    const chunk = branch.unpushed.length === 0 ? none : await this.#remade(side, head, 'Aside');
    this.#side = null;
    const written = chunk.made.flatMap(({ data }) => data.files.map(({ path }) => path));
    const document = withForeign(cursors.document, side.foreign, written);
    await cursors.note([{ head: chunk.tip, document }], head);
    await clone.moveRefs([
      { ref: refs.head, to: chunk.tip, from: head },
      { ref: refs.origin, to: side.tip },
      ...(await branch.leftoverRefs()),
    ]);
    for (const path of [...side.changed, ...written]) {
      const mine = branch.index.get(path);
      if (mine?.verbatim && side.index.get(path)?.sha === mine.sha)
        side.index.set(path, mine.sha, { verbatim: true });
    }
    cursors.replace(document, this.#movedDocuments(chunk, side));
    const made = chunk.made.map(({ request }, at) => ({ sha: chunk.shas[at] ?? '', request }));
    branch.replace({ remoteTip: side.tip, made, index: side.index });
    if (this.#isRewritten) this.#rewrites++;
    this.#isRewritten = false;
    for (const dropped of chunk.dropped) tellDropped(dropped);
  }

  /** What is known at commits that were made once more. */
  #movedDocuments(chunk: Chunk, side: RemoteSide): JournalEntry[] {
    const moved: JournalEntry[] = [];
    const made = new Map(chunk.made.map(({ source }, at) => [source, chunk.shas[at] ?? '']));
    let head = side.tip;
    for (const source of chunk.sources) {
      head = made.get(source) ?? head;
      const document = this.#options.branch.cursors.at(source);
      if (document !== null) moved.push({ head, document: withForeign(document, side.foreign, []) });
    }
    return moved;
  }

  /** Whether `ancestor` is in the history of `commit`. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    return (await this.#mergeBase(commit, ancestor)) === ancestor;
  }

  #mergeBase(one: string, other: string): Promise<string | null> {
    return mergeBaseOf(this.#options.clone, one, other);
  }
}
