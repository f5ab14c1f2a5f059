import { blobShaOf } from '../../git/blob-sha.ts';
import type { Version } from './cluster.ts';
import type { Past } from './history.ts';
import type { DroppedFile } from './operator.ts';
import type { Case, Witness } from './oracle.ts';

// What the rules of DESIGN.md section 7 allow although it looks like a fault. Each has a test beside its neighbour that
// is a fault.

/**
 * A change may be committed twice: a comparison makes it once more where somebody overwrote it in between, and what
 * they wrote is older.
 */
export function isRestored(
  operator: Witness,
  { version, path, atMs }: Version,
  commits: readonly [Past, Past],
  found: Case,
): boolean {
  const { history } = found;
  const [one, other] = commits;
  const [first, second] = history.upTo(other.sha).has(one.sha) ? [one, other] : [other, one];
  const [below, upTo] = [history.upTo(first.sha), history.upTo(second.sha)];
  return (
    operator.compared.has(version) &&
    upTo.has(first.sha) &&
    foreignOf(operator, path, found).some(
      (commit) => upTo.has(commit.sha) && !below.has(commit.sha) && mayBeOlder(commit, atMs, found),
    )
  );
}

/**
 * A change may stand above a later one of another object: a comparison makes what somebody took away, or overwrote with
 * what is older, whatever was committed meanwhile.
 *
 * @param commit of the earlier change
 */
export function isMadeLate(
  operator: Witness,
  earlier: Version,
  later: Version,
  commit: Past,
  found: Case,
): boolean {
  if (!operator.compared.has(earlier.version) || earlier.path === later.path) return false;
  if (isTakenAway(earlier.path, found)) return true;
  const below = found.history.upTo(commit.sha);
  return foreignOf(operator, earlier.path, found).some(
    (one) => below.has(one.sha) && mayBeOlder(one, earlier.atMs, found),
  );
}

/** What was told of a drop holds no more where somebody took commits away, or the change was handed over once more. */
export function isOutdated(drop: DroppedFile, operator: Witness, { version }: Version, found: Case): boolean {
  // In the meantime, others went on.
  return drop.life < (operator.handedIn.get(version) ?? 0) || isTakenAway(drop.path, found);
}

/** A change need not be committed where the file was as it makes it, or may not be touched. */
export function isNothingToCommit(operator: Witness, version: Version, found: Case): boolean {
  const { path, content } = version;
  const others = foreignOf(operator, path, found);
  // Two who make the same of a file leave nothing to commit.
  if (others.some(({ changed }) => changed.get(path) === shaOf(content))) return true;
  // What somebody took away together with the file need not be deleted any more.
  if (content === null && isTakenAway(path, found)) return true;
  // That nothing was to be committed was to be told, and that may have died with the process.
  if (operator.told.some((one) => one.version === version)) return false;
  if (others.some(({ changed }) => prose.has(changed.get(path) ?? null))) return true;
  const before = operator.cluster.history.findLast(
    (one) => one.path === path && one.version < version.version,
  );
  return before?.content === content;
}

/** Whether people took away a commit that changed or brought a path. */
function isTakenAway(path: string, { removed, history }: Case): boolean {
  return [...removed].some((sha) => history.commits.get(sha)?.brought.has(path));
}

/** Whether a commit need not count for later than a change: a merge may count for what it brought. */
function mayBeOlder({ committer, parents }: Past, atMs: number, { ahead }: Case): boolean {
  return committer.atS * 1000 <= atMs || parents.length > 1 || ahead.has(committer.email);
}

/** Commits of everybody else that changed or brought a path. */
export function foreignOf(operator: Witness, path: string, { history }: Case): Past[] {
  return [...history.commits.values()].filter(
    ({ committer, brought }) => committer.email !== operator.email && brought.has(path),
  );
}

export function shaOf(content: string | null): string | null {
  return content === null ? null : blobShaOf(Buffer.from(content), 'sha1');
}

/** What people write that is no object, by name. */
const prose = new Set(Array.from({ length: 200 }, (_, count) => shaOf(`prose ${count}\n`)));
