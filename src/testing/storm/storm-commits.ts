import type { BareRemote } from '../bare-remote.ts';
import { MARKER } from './load-kinds.ts';

/** A commit with what it changed, as the check needs it. */
export interface StormCommit {
  readonly sha: string;
  readonly parents: number;
  readonly author: string;
  readonly committerEmail: string;
  readonly committedAtMs: number;
  readonly subject: string;
  readonly message: string;
  /** Paths that it changes against its first parent. */
  readonly paths: readonly string[];
}

const RECORD = '\x1e';
const FIELD = '\x1f';

/** The branch's commits, oldest first; empty when there is no such branch. */
export async function readStormCommits(remote: BareRemote, branch: string): Promise<StormCommit[]> {
  const ref = `refs/heads/${branch}`;
  if ((await remote.git('for-each-ref', '--format=%(refname)', ref)).trim() !== ref) return [];
  const format = RECORD + ['%H', '%P', '%an', '%ce', '%ct', '%B', ''].join(FIELD);
  const text = await remote.git(
    ...['-c', 'core.quotePath=false', 'log', '--reverse', '--topo-order', '--first-parent', '--root'],
    ...['--name-only', '--no-renames', `--format=${format}`, ref],
  );
  return text
    .split(RECORD)
    .slice(1)
    .map((record) => {
      const fields = record.split(FIELD);
      const [sha = '', parents = '', author = '', committerEmail = '', committed = '0', message = ''] =
        fields;
      const paths = (fields[6] ?? '').split('\n').filter((line) => line !== '');
      return {
        sha,
        parents: parents.split(' ').filter(Boolean).length,
        author,
        committerEmail,
        committedAtMs: Number(committed) * 1000,
        subject: message.split('\n')[0] ?? '',
        message,
        paths,
      };
    });
}

/** Path to marker of every file below the prefix; '' where a file has no marker. */
export async function readTreeMarkers(
  remote: BareRemote,
  branch: string,
  prefix = '',
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const below = prefix === '' ? '' : `${prefix}/`;
  for (const path of await remote.files(branch)) {
    if (path.startsWith(below)) found.set(path.slice(below.length), '');
  }
  // git grep ends with 1 where there is no match.
  if (found.size === 0) return found;
  const args = [
    'grep',
    '-z',
    '--full-name',
    '-e',
    `${MARKER}: `,
    '-e',
    '^apiVersion: ',
    `refs/heads/${branch}`,
  ];
  for (const line of (await remote.git(...args)).split('\n')) {
    const [file = '', text = ''] = line.split('\0');
    const path = file.slice(file.indexOf(':') + 1);
    const marker = new RegExp(`${MARKER}: "?(\\w+)"?$`).exec(text)?.[1];
    if (marker !== undefined && path.startsWith(below)) found.set(path.slice(below.length), marker);
  }
  return found;
}
