import { spawn } from 'node:child_process';
import { CodedError } from '../errors.ts';
import type { Clone } from './clone.ts';
import { gitEnvironment } from './git-environment.ts';
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
 * As `lastCommitsOf`, but only as far back as `sinceMs` (a committer date, in milliseconds since the Unix epoch). A
 * shallow clone is deepened as far; where the remote does not have that history any more, nothing is said of it.
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
  const sinceS = Math.floor(sinceMs / 1000);
  for (;;) {
    const borders = [...(await bordersOf(clone.dir))];
    if (borders.length === 0) break;
    const dates = await clone.git.ok(['log', '--no-walk', '--format=%ct', ...borders, '--']);
    if (Math.max(...dates.split('\n').map(Number)) < sinceS || (await deepen()) === null) break;
  }
  return lastCommitsWithin(clone, [`--max-age=${sinceS}`, commit], (path) => wanted.has(path));
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
  const borders = await bordersOf(clone.dir);
  const found = await walk(clone.dir, range, isWanted, 'AsMade');
  // What stands at a border is not what that commit changed.
  return new Map([...found].filter(([, { sha }]) => !borders.has(sha)));
}

async function walk(
  dir: string,
  range: readonly string[],
  paths: Iterable<string> | ((path: string) => boolean),
  merges: 'AsMade' | 'AsBrought',
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
  const child = spawn('git', args, { cwd: dir, env: gitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
  let rest = '';
  let commit: LastCommit | null = null;
  const take = (token: string) => {
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
    if (path === '' || commit === null || !isWanted(path)) return;
    found.set(path, commit);
  };
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  exit.catch(() => {});
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    rest += chunk;
    const tokens = rest.split('\0');
    rest = tokens.pop() ?? '';
    for (const token of tokens) take(token);
    if (wanted?.size === 0) {
      child.kill();
      return found;
    }
  }
  take(rest);
  const code = await exit;
  if (code !== 0) throw new CodedError('GitFailed', `git log failed with exit code ${code}`, { retry: true });
  return found;
}
