import type { Identity } from '../commit/commit-request.ts';
import { CodedError } from '../errors.ts';

/** One file of a commit that is to be made. */
export type FileWrite =
  /** `sha`: the name of the content's blob, where it is known. */
  | { readonly path: string; readonly content: Buffer; readonly sha?: string }
  /** A blob that the repository already has. */
  | { readonly path: string; readonly blob: string; readonly mode: string }
  | { readonly path: string; readonly deleted: true };

/** A commit that is to be made. */
export interface CommitData {
  readonly author: Identity;
  readonly authoredAtMs: number;
  readonly committer: Identity;
  readonly committedAtMs: number;
  readonly message: string;
  readonly files: readonly FileWrite[];
  /** Nothing of the parent's tree is kept. */
  readonly emptied?: true;
}

/**
 * A commit as git hashes it. Throws a CodedError for an identity that would end its line early.
 *
 * @param tree name of the root
 */
export function encodeCommit(tree: string, parent: string | null, commit: CommitData): Buffer {
  const { author, authoredAtMs, committer, committedAtMs, message } = commit;
  const lines = [
    `tree ${tree}`,
    ...(parent === null ? [] : [`parent ${parent}`]),
    `author ${signature(author, authoredAtMs)}`,
    `committer ${signature(committer, committedAtMs)}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${message}`);
}

/** `Name <email> seconds +0000`. Refuses what would end the line early or forge another header. */
export function signature({ name, email }: Identity, atMs: number): string {
  if (/[<>\n\0]/.test(name + email))
    throw new CodedError('GitFailed', 'An identity holds "<", ">" or a newline');
  // git takes an identity without a name, but `git log` and hosts show it badly.
  return `${name.trim() === '' ? email : name.trim()} <${email.trim()}> ${Math.max(0, Math.floor(atMs / 1000))} +0000`;
}

/** Git's objects take `../evil`, and a checkout of `.git/config` would run commands. */
export function checkPath(path: string): void {
  const fault = pathFault(path);
  if (fault !== null) throw new CodedError('InvalidPath', `The path ${JSON.stringify(path)} ${fault}`);
}

const pathBytesMax = 4096;
const segmentBytesMax = 255;

/** What is wrong with a path inside a repository, or null. The rules are those of git's verify_path, on every system. */
export function pathFault(path: string): string | null {
  if (Buffer.byteLength(path) > pathBytesMax) return `is longer than ${pathBytesMax} bytes`;
  for (const segment of path.split('/')) {
    if (segment === '') return 'has an empty segment';
    if (segment === '.' || segment === '..') return `has a segment "${segment}"`;
    // HFS+ ignores some characters, NTFS trailing dots, blanks and the 8.3 name.
    const plain = segment
      .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
      .replace(/[. ]+$/, '');
    if (/^(\.git|git~1)(:.*)?$/i.test(plain)) return 'has a segment that is or looks like ".git"';
    if (/[\x00-\x1f\x7f\\]/.test(segment)) return 'has a control character or a backslash';
    if (Buffer.byteLength(segment) > segmentBytesMax)
      return `has a segment longer than ${segmentBytesMax} bytes`;
  }
  return null;
}
