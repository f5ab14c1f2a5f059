import type { Clone } from '../git/clone.ts';
import type { LastCommit } from '../git/last-commit.ts';
import type { LineCommit } from '../git/read-line.ts';
import { applyDifferences, isRegular, type TreeDifference, TreeIndex } from '../git/tree-index.ts';

/** Two short lines of history that part at a commit. */
export interface PartedLines {
  /** The commits of the one that the index is of. */
  readonly mine: readonly LineCommit[];
  /** The commits of the one that it is to be brought to. */
  readonly theirs: readonly LineCommit[];
}

/** From `base` to each of two commits; null where that is not a short straight line. */
export async function partedLines(
  clone: Clone,
  base: string,
  mine: string,
  theirs: string,
): Promise<PartedLines | null> {
  const to = await clone.line(base, theirs);
  const from = to === null ? null : await clone.line(base, mine);
  return to === null || from === null ? null : { mine: from, theirs: to };
}

interface Entry {
  readonly sha: string | null;
  readonly mode: string;
}

/**
 * Brings an index of the end of the one line to the end of the other, as far as they lie below `prefixes`; returns what
 * the other changed since they parted, and the commits that touched these paths last. The same as `updateTreeIndex`
 * and `foreignCommits` tell, without a process.
 */
export function crossOver(
  index: TreeIndex,
  { mine, theirs }: PartedLines,
  prefixes: readonly string[],
): { readonly changed: ReadonlySet<string>; readonly foreign: ReadonlyMap<string, LastCommit> } {
  const [here, there] = [endsOf(mine), endsOf(theirs)];
  const differences: TreeDifference[] = [];
  for (const path of new Set([...here.keys(), ...there.keys()])) {
    const [left, right] = [here.get(path), there.get(path)];
    const is = left?.after ?? right?.before;
    const becomes = right?.after ?? left?.before;
    if (becomes !== undefined && !isSame(is, becomes)) differences.push(differenceOf(path, becomes));
  }
  applyDifferences(index, differences, prefixes);
  const since = [...there].flatMap(([path, { before, after }]) =>
    isSame(before, after) ? [] : [differenceOf(path, after)],
  );
  const changed = new Set(applyDifferences(new TreeIndex(), since, prefixes).keys());
  return { changed, foreign: lastTouched(theirs, changed, prefixes) };
}

/** Of each path that a line touches, how it was before, and how it is at its end. */
function endsOf(line: readonly LineCommit[]): ReadonlyMap<string, { before: Entry; after: Entry }> {
  const ends = new Map<string, { before: Entry; after: Entry }>();
  for (const { files } of line) {
    for (const { path, before, modeBefore, after, mode } of files) {
      const first = ends.get(path)?.before ?? { sha: before, mode: modeBefore };
      ends.set(path, { before: first, after: { sha: after, mode } });
    }
  }
  return ends;
}

function isSame(one: Entry | undefined, other: Entry): boolean {
  if (one === undefined || one.sha !== other.sha) return false;
  return one.sha === null || one.mode === other.mode;
}

function differenceOf(path: string, { sha, mode }: Entry): TreeDifference {
  return { path, sha, regular: isRegular(mode) };
}

function lastTouched(
  line: readonly LineCommit[],
  changed: ReadonlySet<string>,
  prefixes: readonly string[],
): ReadonlyMap<string, LastCommit> {
  const all = prefixes.length === 0 || prefixes.includes('');
  const isBelow = (path: string) => all || prefixes.some((prefix) => path.startsWith(`${prefix}/`));
  const found = new Map<string, LastCommit>();
  for (const { sha, committer, committedAtMs, authoredAtMs, files } of line) {
    const commit = { sha, committerEmail: committer.email, committedAtMs, authoredAtMs };
    for (const { path } of files) if (isBelow(path) || changed.has(path)) found.set(path, commit);
  }
  return found;
}
