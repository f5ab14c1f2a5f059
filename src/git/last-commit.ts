import { spawn } from 'node:child_process';
import { CodedError } from '../errors.ts';
import { gitEnvironment } from './git-environment.ts';

/** The commit that last changed a path. */
export interface LastCommit {
  readonly sha: string;
  readonly committerEmail: string;
  /** Milliseconds since the Unix epoch; git keeps whole seconds. */
  readonly committedAtMs: number;
}

/**
 * For each path, the last commit of `range` that changed it; paths that none changed are missing from the answer.
 * One walk back through history that ends as soon as every path was met, however long the history is.
 *
 * @param range a commit, or revisions as `git log` takes them, such as `['new', '^old']`
 * @param merges `AsMade`: a path counts for who changed it, and for a merge only where that changed it itself.
 * `AsBrought`: a merge counts for all that it brought together; for ranges whose other side is accounted for.
 */
export async function lastCommitsOf(
  dir: string,
  range: readonly string[],
  paths: Iterable<string>,
  merges: 'AsMade' | 'AsBrought' = 'AsMade',
): Promise<ReadonlyMap<string, LastCommit>> {
  const wanted = new Set(paths);
  const found = new Map<string, LastCommit>();
  if (wanted.size === 0) return found;
  const args = [
    'log',
    merges === 'AsMade' ? '-c' : '-m',
    '--name-only',
    '--no-renames',
    '-z',
    '--format=%x01%H %ct %ce%x02',
    ...range,
    '--',
  ];
  const child = spawn('git', args, { cwd: dir, env: gitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
  let rest = '';
  let commit: LastCommit | null = null;
  const take = (token: string) => {
    let path = token;
    const header = /\x01([0-9a-f]+) (\d+) ([^\x02]*)\x02/.exec(token);
    if (header !== null) {
      commit = {
        sha: header[1] ?? '',
        committedAtMs: Number(header[2]) * 1000,
        committerEmail: header[3] ?? '',
      };
      path = token.slice(header.index + header[0].length);
    }
    path = path.replace(/^\n+/, '');
    if (path === '' || commit === null || !wanted.delete(path)) return;
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
    if (wanted.size === 0) {
      child.kill();
      return found;
    }
  }
  take(rest);
  const code = await exit;
  if (code !== 0) throw new CodedError('GitFailed', `git log failed with exit code ${code}`, { retry: true });
  return found;
}
