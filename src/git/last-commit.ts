import type { Clone } from './clone.ts';
import { gitLimits } from './git-limits.ts';
import { gitTokens } from './git-tokens.ts';
import { createDeepening } from './history.ts';
import { bordersOf } from './shallow.ts';

/** The commit that last changed a path. */
export interface LastCommit {
  readonly sha: string;
  readonly committerEmail: string;
  /** Milliseconds since the Unix epoch; git keeps whole seconds. */
  readonly committedAtMs: number;
  /** When the change itself happened, where the committer is an operator. Same unit. */
  readonly authoredAtMs: number;
}

/**
 * For each path, the last commit of `range` that changed it; paths that none changed are missing from the answer.
 * One walk back through history that ends as soon as every path was met, however long the history is.
 *
 * A shallow clone is deepened until its history is long enough. Where that ends without an answer (the remote has
 * that history no more), a path counts for the commit at the border, which is newer than the right one, and for
 * nobody's email: the operator overwrites only what it knows to be older or its own.
 *
 * @param range a commit, or revisions as `git log` takes them, such as `['new', '^old']`
 * @param merges `AsMade`: a path counts for who changed it, and for a merge only where that changed it itself.
 * `AsBrought`: a merge counts for all that it brought together; for ranges whose other side is accounted for.
 */
export async function lastCommitsOf(
  clone: Clone,
  range: readonly string[],
  paths: Iterable<string>,
  merges: 'AsMade' | 'AsBrought' = 'AsMade',
): Promise<ReadonlyMap<string, LastCommit>> {
  const wanted = new Set(paths);
  const found = new Map<string, LastCommit>();
  const deepen = createDeepening(clone);
  while (wanted.size > 0) {
    const borders = await bordersOf(clone.dir);
    const atBorder = new Map<string, LastCommit>();
    for (const [path, commit] of await walk(clone.dir, range, wanted, merges)) {
      if (borders.has(commit.sha)) {
        atBorder.set(path, { ...commit, committerEmail: '' });
        continue;
      }
      found.set(path, commit);
      wanted.delete(path);
    }
    if (atBorder.size === 0) break;
    if ((await deepen()) !== null) continue;
    for (const [path, commit] of atBorder) found.set(path, commit);
    break;
  }
  return found;
}

/**
 * As `lastCommitsOf`, but only commits of `sinceMs` or later (a committer date, in milliseconds since the Unix epoch).
 *
 * Dates need not fall on the way back: what is rebased or imported may keep its date, and clocks differ. So all history
 * that the clone has is looked through, by its dates alone, which costs next to nothing. A shallow clone is deepened as
 * far as `sinceMs`, and, if the remote can be reached, `disorderedCommitsMax` older commits further; what the remote
 * does not have any more, nothing is said of.
 */
export async function lastCommitsSince(
  clone: Clone,
  commit: string,
  paths: Iterable<string>,
  sinceMs: number,
): Promise<ReadonlyMap<string, LastCommit>> {
  const wanted = new Set(paths);
  if (wanted.size === 0) return new Map();
  const deepen = createDeepening(clone);
  for (;;) {
    const borders = await bordersOf(clone.dir);
    const { later, earlierCount } = await commitsSince(clone.dir, commit, Math.floor(sinceMs / 1000));
    const isShort = later.some((sha) => borders.has(sha));
    const isComplete = borders.size === 0 || (!isShort && earlierCount >= gitLimits.disorderedCommitsMax);
    const deeper = isComplete
      ? null
      : await deepen().catch((error) => {
          if (isShort) throw error;
          return null;
        });
    if (deeper !== null) continue;
    // Without a commit to read, git would take HEAD.
    if (later.length === 0) return new Map();
    const range = ['--no-walk=unsorted', '--stdin'];
    const found = await walk(clone.dir, range, wanted, 'AsMade', later);
    return withoutBorders(found, borders);
  }
}

/** The commits of a history that are not older than a date (in seconds), and how many older ones it has. */
async function commitsSince(
  dir: string,
  commit: string,
  sinceS: number,
): Promise<{ readonly later: readonly string[]; readonly earlierCount: number }> {
  const later: string[] = [];
  let earlierCount = 0;
  for await (const line of gitTokens(dir, ['rev-list', '--timestamp', commit, '--'], '\n')) {
    const [atS, sha = ''] = line.split(' ');
    if (sha === '') continue;
    if (Number(atS) >= sinceS) later.push(sha);
    else earlierCount++;
  }
  return { later, earlierCount };
}

/**
 * As `lastCommitsOf`, for every path that `isWanted`, and through all of `range`: also paths that end as they began.
 * A path counts for who changed it, and for a merge only where that changed it itself.
 */
export async function lastCommitsWithin(
  clone: Clone,
  range: readonly string[],
  isWanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, LastCommit>> {
  const found = await walk(clone.dir, range, isWanted, 'AsMade');
  return withoutBorders(found, await bordersOf(clone.dir));
}

/** What stands at a border is not what that commit changed. */
function withoutBorders(
  found: ReadonlyMap<string, LastCommit>,
  borders: ReadonlySet<string>,
): ReadonlyMap<string, LastCommit> {
  return new Map([...found].filter(([, { sha }]) => !borders.has(sha)));
}

/** @param commits what git is to read from standard input. Default: nothing */
async function walk(
  dir: string,
  range: readonly string[],
  paths: Iterable<string> | ((path: string) => boolean),
  merges: 'AsMade' | 'AsBrought',
  commits?: readonly string[],
): Promise<ReadonlyMap<string, LastCommit>> {
  const wanted = typeof paths === 'function' ? null : new Set(paths);
  const found = new Map<string, LastCommit>();
  const isWanted = (path: string) =>
    typeof paths === 'function' ? !found.has(path) && paths(path) : wanted?.delete(path) === true;
  const args = [
    'log',
    merges === 'AsMade' ? '-c' : '-m',
    '--name-only',
    '--no-renames',
    '-z',
    '--format=%x01%H %ct %at %ce%x02',
    ...range,
    '--',
  ];
  let commit: LastCommit | null = null;
  for await (const token of gitTokens(dir, args, '\0', commits?.map((sha) => `${sha}\n`).join(''))) {
    let path = token;
    const header = /\x01([0-9a-f]+) (\d+) (\d+) ([^\x02]*)\x02/.exec(token);
    if (header !== null) {
      commit = {
        sha: header[1] ?? '',
        committedAtMs: Number(header[2]) * 1000,
        authoredAtMs: Number(header[3]) * 1000,
        committerEmail: header[4] ?? '',
      };
      path = token.slice(header.index + header[0].length);
    }
    path = path.replace(/^\n+/, '');
    if (path !== '' && commit !== null && isWanted(path)) found.set(path, commit);
    if (wanted?.size === 0) break;
  }
  return found;
}
