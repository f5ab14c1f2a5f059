import type { Clone } from '../git/clone.ts';
import type { LastCommit } from '../git/last-commit.ts';
import { TreeIndex, updateTreeIndex } from '../git/tree-index.ts';
import { foreignCommits } from './foreign-commits.ts';
import { crossOver, partedLines } from './parted-lines.ts';
import { commitsOf, Twins } from './twins.ts';

/** What the remote has of a branch, while local commits are made once more on top of it. */
export interface RemoteSide {
  /** Tip of the remote branch. */
  readonly tip: string;
  /** Tree of the commit `at`, which is the tip or one made on top of it. */
  readonly index: TreeIndex;
  readonly at: string;
  /** Paths that the remote has otherwise than the local branch had when they parted. */
  readonly changed: ReadonlySet<string>;
  /** The commits that last changed them. */
  readonly foreign: ReadonlyMap<string, LastCommit>;
  readonly twins: Twins;
}

export interface RemoteSideContext {
  readonly clone: Clone;
  readonly prefixes: readonly string[];
  readonly ownEmails: Iterable<string>;
}

/**
 * @param index tree of `head`; it is copied, which costs far less than reading a tree
 * @param base where the local and the remote branch parted, or null: they have nothing in common
 */
export function openRemoteSide(
  context: RemoteSideContext,
  from: { readonly index: TreeIndex; readonly head: string; readonly base: string | null },
  tip: string,
): Promise<RemoteSide> {
  const index = from.index.copy();
  const side = { tip: from.base, index, at: from.head, changed: [], foreign: [], twins: new Twins() };
  return advance(context, side, tip);
}

/** Takes in what was pushed by others since. When it fails, `side` must not be used any more. */
export function moveRemoteSide(
  context: RemoteSideContext,
  side: RemoteSide,
  tip: string,
): Promise<RemoteSide> {
  return advance(context, side, tip);
}

async function advance(
  { clone, prefixes, ownEmails }: RemoteSideContext,
  side: Omit<RemoteSide, 'tip' | 'changed' | 'foreign'> & {
    readonly tip: string | null;
    readonly changed: Iterable<string>;
    readonly foreign: Iterable<readonly [string, LastCommit]>;
  },
  tip: string,
): Promise<RemoteSide> {
  const { index, twins } = side;
  const lines = side.tip === null ? null : await partedLines(clone, side.tip, side.at, tip);
  if (lines !== null) {
    const emails = new Set(ownEmails);
    const { changed, foreign } = crossOver(index, lines, prefixes);
    twins.add(lines.theirs.filter(({ committer }) => emails.has(committer.email)));
    return {
      ...{ tip, at: tip, index, twins },
      changed: new Set([...side.changed, ...changed]),
      foreign: new Map([...side.foreign, ...foreign]),
    };
  }
  const different = await updateTreeIndex(index, clone.git, side.at, tip, prefixes);
  let changed = new Set(index.paths());
  if (side.tip !== null) {
    const isSame = side.at === side.tip;
    const since = isSame
      ? different
      : await updateTreeIndex(new TreeIndex(), clone.git, side.tip, tip, prefixes);
    changed = new Set(since.keys());
  }
  const range = side.tip === null ? [tip] : [tip, `^${side.tip}`];
  const foreign = await foreignCommits(clone, range, changed, prefixes);
  twins.add(await commitsOf(clone, range, ownEmails));
  return {
    tip,
    at: tip,
    index,
    changed: new Set([...side.changed, ...changed]),
    foreign: new Map([...side.foreign, ...foreign]),
    twins,
  };
}
