import type { CommitRequest } from '../commit/commit-request.ts';
import type { BranchRefs } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import { storedCommits } from '../git/unpushed.ts';
import type { IsOwnCommitter } from './last-writer.ts';
import type { Identify, PlaceInto } from './place.ts';
import { pushLimits } from './push-limits.ts';
import { type DroppedChange, type Regenerated, regenerate } from './regenerate.ts';
import type { RemoteSide } from './remote-side.ts';
import type { UnpushedLog } from './unpushed-log.ts';

export interface CatchUpOptions {
  readonly clone: Clone;
  readonly refs: BranchRefs;
  readonly placeInto: PlaceInto;
  readonly identify: Identify;
  readonly isOwn: IsOwnCommitter;
  readonly nowMs: () => number;
}

/** Unpushed commits made once more on top of the remote. */
export interface Chunk {
  /** The last of the commits that this stands for. */
  readonly upTo: string;
  /** The last commit made, or the remote's tip when nothing was left to make. */
  readonly tip: string;
  readonly shas: readonly string[];
  readonly made: readonly Regenerated[];
  /** All commits that this stands for. */
  readonly sources: readonly string[];
  readonly dropped: readonly {
    readonly change: DroppedChange;
    readonly request: Pick<CommitRequest, 'onDropped'> | null;
  }[];
}

/**
 * Makes unpushed commits once more on what the remote has.
 *
 * All of them when they are few: then they become the local branch. When many are unpushed, as after a day without
 * the remote, this would take so long that somebody else pushes meanwhile, again and again. So a chunk of them is made
 * and pushed at a time, beside the local branch, which goes on as it is until little is left:
 * - `settling` is set to the last commit of the chunk before it is pushed, when `regenerated` is at its tip;
 * - `settled` is set to the same once the remote has it.
 * A process that starts anew finds out from the fetched branch whether the remote has `regenerated`, and so `settling`.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /**
   * The commits behind `before` up to `upTo`, on top of `side`, whose index then is of the last one made.
   *
   * `Aside`: no ref leads to them, for the local branch is about to. `AsChunk`: `regenerated` does.
   */
  async regenerate(
    side: RemoteSide,
    from: { readonly before: string | null; readonly upTo: string; readonly requests: UnpushedLog },
    how: 'Aside' | 'AsChunk',
  ): Promise<Chunk> {
    const { clone, refs, placeInto, identify, isOwn, nowMs } = this.#options;
    const { before, upTo, requests } = from;
    const commits =
      (before === null ? null : await clone.line(before, upTo)) ??
      (await storedCommits(clone, before === null ? [upTo] : [upTo, `^${before}`]));
    const { changed, foreign, index, twins } = side;
    const rememberedOf = (sha: string) => requests.of(sha);
    const { commits: made, dropped } = await regenerate(commits, {
      clone,
      index,
      changed,
      foreign,
      rememberedOf,
      twins,
      placeInto,
      identify,
      isOwn,
      nowMs,
    });
    const shas: string[] = [];
    if (made.length > 0 && how === 'AsChunk') {
      // What stands there is no ancestor, and `settling` speaks of it: it is to say nothing, or what is known anyway.
      const isSettling = (await clone.resolve(refs.settling)) !== null;
      if (isSettling && before !== null) await clone.setRef(refs.settling, before);
      else if (isSettling) await clone.moveRefs([{ ref: refs.settling, to: null }]);
      await clone.setRef(refs.regenerated, side.tip);
    }
    for (let at = 0; at < made.length; at += pushLimits.chunkCommitsMax) {
      const batch = made.slice(at, at + pushLimits.chunkCommitsMax).map(({ data }) => data);
      const parent = shas.at(-1) ?? side.tip;
      shas.push(
        ...(how === 'AsChunk'
          ? await clone.commit(refs.regenerated, parent, batch)
          : await clone.commitAside(parent, batch, true)),
      );
    }
    return {
      upTo,
      tip: shas.at(-1) ?? side.tip,
      shas,
      made,
      sources: commits.map(({ sha }) => sha),
      dropped: dropped.map((change) => ({ change, request: rememberedOf(change.commit ?? '') })),
    };
  }
}
