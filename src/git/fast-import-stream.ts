import type { Identity } from '../commit/commit-request.ts';
import { CodedError } from '../errors.ts';

/** One file of a commit that is to be made. */
export type FileWrite =
  | { readonly path: string; readonly content: Buffer }
  /** A blob that the repository already has. */
  | { readonly path: string; readonly blob: string; readonly mode: string }
  | { readonly path: string; readonly deleted: true };

/** A commit as fast-import takes it. */
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
 * The commands that make `commits`, one on top of the other, on `ref`, starting from `parent` (null: no parent).
 * Marks are 1, 2, … in order. Everything a user could have a hand in is length-prefixed, quoted or refused.
 */
export function encodeCommits(ref: string, parent: string | null, commits: readonly CommitData[]): Buffer[] {
  const chunks: Buffer[] = [];
  let text = '';
  const data = (content: Buffer) => {
    chunks.push(Buffer.from(`${text}data ${content.length}\n`), content);
    text = '\n';
  };
  commits.forEach((commit, index) => {
    text += `commit ${ref}\nmark :${index + 1}\n`;
    text += `author ${signature(commit.author, commit.authoredAtMs)}\n`;
    text += `committer ${signature(commit.committer, commit.committedAtMs)}\n`;
    data(Buffer.from(commit.message));
    const from = index === 0 ? parent : `:${index}`;
    if (from !== null) text += `from ${from}\n`;
    if (commit.emptied) text += 'deleteall\n';
    for (const file of commit.files) {
      // A snapshot names tens of thousands of files: as one text put together piece by piece, several times its size.
      if (text.length > TEXT_CHARS_MAX) {
        chunks.push(Buffer.from(text));
        text = '';
      }
      checkPath(file.path);
      const path = quotePath(file.path);
      if ('deleted' in file) {
        text += `D ${path}\n`;
      } else if ('blob' in file) {
        text += `M ${file.mode} ${file.blob} ${path}\n`;
      } else {
        text += `M 100644 inline ${path}\n`;
        data(file.content);
      }
    }
    text += '\n';
  });
  chunks.push(Buffer.from(text));
  return chunks;
}

/** Commands are put together as text up to this length. */
const TEXT_CHARS_MAX = 64 * 1024;

/** The commands that make blobs. */
export function encodeBlobs(contents: readonly Buffer[]): Buffer[] {
  return contents.flatMap((content) => [
    Buffer.from(`blob\ndata ${content.length}\n`),
    content,
    Buffer.from('\n'),
  ]);
}

/** `Name <email> seconds +0000`. Refuses what would end the line early or forge another header. */
function signature({ name, email }: Identity, atMs: number): string {
  if (/[<>\n\0]/.test(name + email))
    throw new CodedError('GitFailed', 'An identity holds "<", ">" or a newline');
  // git takes an identity without a name, but `git log` and hosts show it badly.
  return `${name.trim() === '' ? email : name.trim()} <${email.trim()}> ${Math.max(0, Math.floor(atMs / 1000))} +0000`;
}

/** git fast-import itself accepts `../evil`, and a checkout of `.git/config` would run commands. */
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

/** Quoted always: fast-import would read a leading quote, and a blank ends some arguments. */
function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}
