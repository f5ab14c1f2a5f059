import type { Identity } from '../commit/commit-request.ts';
import type { Clone } from './clone.ts';
import type { Git } from './git.ts';

/** Path of the one file in a cursor commit. */
const cursorPath = 'cursors.json';

/**
 * Makes a commit of one file on top of `parent`, and returns its name. No ref leads to it here: it is for the remote,
 * and would keep history in the clone.
 */
export async function writeCursorCommit(
  clone: Clone,
  cursor: {
    readonly parent: string;
    readonly content: Buffer;
    readonly committer: Identity;
    readonly atMs: number;
    readonly message: string;
  },
): Promise<string> {
  const { parent, content, committer, atMs, message } = cursor;
  const files = [{ path: cursorPath, content }];
  const dates = { authoredAtMs: atMs, committedAtMs: atMs };
  const commit = { author: committer, committer, ...dates, message, files, emptied: true as const };
  const [sha = ''] = await clone.commitAside(parent, [commit], false);
  return sha;
}

/** The one parent and the content of a cursor commit; null when it is something else, or larger than `bytesMax`. */
export async function readCursorCommit(
  git: Git,
  ref: string,
  bytesMax: number,
): Promise<{ readonly parent: string; readonly content: Buffer } | null> {
  // As it is written: of a commit at the border of a shallow clone, git log tells no parents.
  const commit = await git.run(['cat-file', 'commit', ref]);
  const size = await git.run(['cat-file', '-s', `${ref}:${cursorPath}`]);
  const parents = [...(commit.stdout.split('\n\n')[0] ?? '').matchAll(/^parent ([0-9a-f]+)$/gm)];
  const parent = parents[0]?.[1];
  if (commit.exitCode !== 0 || size.exitCode !== 0 || parent === undefined || parents.length > 1) return null;
  if (Number(size.stdout) > bytesMax) return null;
  const content = await git.ok(['cat-file', 'blob', `${ref}:${cursorPath}`]);
  return { parent, content: Buffer.from(content) };
}

/** E-mail addresses of all who committed something below `folders` (an empty one: anything) between two commits. */
export async function committersOf(
  git: Git,
  tip: string,
  base: string,
  folders: readonly string[],
): Promise<ReadonlySet<string>> {
  const below = folders.includes('') ? [] : folders.map((folder) => `:(top,literal)${folder}`);
  const emails = await git.ok(['log', '--format=%ce', tip, `^${base}`, '--', ...below]);
  return new Set(emails.split('\n').filter((email) => email !== ''));
}
