import type { CatFile } from './cat-file.ts';
import type { StoredCommit, StoredFile } from './unpushed.ts';

/** More commits than this, or more folders to compare, are better read by a git process. */
const COMMITS_MAX = 64;
const FOLDERS_BYTES_MAX = 4 * 1024 * 1024;

/** A commit of a straight line of history, with what it changed. */
export interface LineCommit extends StoredCommit {
  readonly committedAtMs: number;
  readonly files: readonly LineFile[];
}

export interface LineFile extends StoredFile {
  /** Mode before; empty when the commit added the file. */
  readonly modeBefore: string;
}

/**
 * The commits behind `from` up to `to`, oldest first, read without starting a process, which is what takes time where
 * there are few.
 *
 * null: there are many, or they are no straight line from one to the other (a merge, a rewritten branch, the border of
 * a shallow clone), or something in them is for git to tell (another encoding).
 */
export async function readLine(catFile: CatFile, from: string, to: string): Promise<LineCommit[] | null> {
  const line = await walk(catFile, from, to);
  if (line === null) return null;
  const base = line.length === 0 ? null : await catFile.read(from);
  let before = base?.type === 'commit' ? treeOf(base.content) : '';
  const room = { bytes: FOLDERS_BYTES_MAX };
  const commits: LineCommit[] = [];
  for (const { sha, commit } of line) {
    const files: LineFile[] = [];
    if (!(await compare(catFile, before, commit.tree, '', files, room))) return null;
    before = commit.tree;
    const { author, authoredAtMs, committer, committedAtMs, message } = commit;
    commits.push({ sha, author, authoredAtMs, committer, committedAtMs, message, files });
  }
  return commits;
}

/** The names of the commits that `readLine` tells. */
export async function readLineNames(catFile: CatFile, from: string, to: string): Promise<string[] | null> {
  return (await walk(catFile, from, to))?.map(({ sha }) => sha) ?? null;
}

async function walk(catFile: CatFile, from: string, to: string) {
  const line: { sha: string; commit: ParsedCommit }[] = [];
  for (let sha = to; sha !== from; ) {
    const object = line.length < COMMITS_MAX ? await catFile.read(sha) : null;
    const commit = object?.type === 'commit' ? parseCommit(object.content) : null;
    if (commit === null) return null;
    line.push({ sha, commit });
    sha = commit.parent;
  }
  return line.reverse();
}

interface ParsedCommit extends Pick<LineCommit, 'author' | 'authoredAtMs' | 'committer' | 'committedAtMs'> {
  readonly tree: string;
  readonly parent: string;
  readonly message: string;
}

function treeOf(content: Buffer): string {
  return /^tree ([0-9a-f]+)$/m.exec(content.toString('latin1', 0, 128))?.[1] ?? '';
}

/** null: not one parent, or not in UTF-8. */
function parseCommit(content: Buffer): ParsedCommit | null {
  const end = content.indexOf('\n\n');
  const head = content.toString('utf8', 0, end < 0 ? content.length : end);
  const message = end < 0 ? '' : content.toString('utf8', end + 2);
  const parents = [...head.matchAll(/^parent ([0-9a-f]+)$/gm)];
  const parent = parents[0]?.[1];
  const author = parsePerson(head, 'author');
  const committer = parsePerson(head, 'committer');
  if (parent === undefined || parents.length > 1 || author === null || committer === null) return null;
  if (/^encoding /m.test(head) || head.includes('\ufffd') || message.includes('\ufffd')) return null;
  return {
    tree: treeOf(content),
    parent,
    author: author.person,
    authoredAtMs: author.atMs,
    committer: committer.person,
    committedAtMs: committer.atMs,
    message,
  };
}

function parsePerson(head: string, role: 'author' | 'committer') {
  const match = new RegExp(`^${role} (.*?) ?<([^<>]*)> (\\d+) [+-]\\d+$`, 'm').exec(head);
  if (match === null) return null;
  const [, name = '', email = '', seconds = ''] = match;
  return { person: { name: name.trim(), email: email.trim() }, atMs: Number(seconds) * 1000 };
}

interface Entry {
  readonly mode: string;
  readonly sha: string;
}

const FOLDER = '40000';

/** Adds what differs between two trees (empty: there is none) below a folder; false: too much, or one is missing. */
async function compare(
  catFile: CatFile,
  before: string,
  after: string,
  below: string,
  files: LineFile[],
  room: { bytes: number },
): Promise<boolean> {
  if (before === after) return true;
  const [old, present] = [await entriesOf(catFile, before, room), await entriesOf(catFile, after, room)];
  if (old === null || present === null) return false;
  for (const name of new Set([...old.keys(), ...present.keys()])) {
    const [one, other] = [old.get(name), present.get(name)];
    if (one?.sha === other?.sha && one?.mode === other?.mode) continue;
    const path = below + name;
    const file = fileOf(path, one, other);
    if (file !== null) files.push(file);
    const [oldFolder, newFolder] = [one, other].map((entry) => (entry?.mode === FOLDER ? entry.sha : ''));
    if (!(await compare(catFile, oldFolder ?? '', newFolder ?? '', `${path}/`, files, room))) return false;
  }
  return true;
}

function fileOf(path: string, one: Entry | undefined, other: Entry | undefined): LineFile | null {
  const [before, after] = [one, other].map((entry) => (entry?.mode === FOLDER ? undefined : entry));
  if (before === undefined && after === undefined) return null;
  return {
    path,
    before: before?.sha ?? null,
    modeBefore: before?.mode ?? '',
    after: after?.sha ?? null,
    mode: after?.mode ?? '000000',
  };
}

async function entriesOf(
  catFile: CatFile,
  tree: string,
  room: { bytes: number },
): Promise<Map<string, Entry> | null> {
  const entries = new Map<string, Entry>();
  if (tree === '') return entries;
  const object = await catFile.read(tree);
  if (object?.type !== 'tree') return null;
  const { content } = object;
  room.bytes -= content.length;
  if (room.bytes < 0) return null;
  const shaBytes = tree.length / 2;
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    const end = nul + 1 + shaBytes;
    const mode = content.toString('latin1', at, space).replace(/^0+/, '');
    entries.set(content.toString('utf8', space + 1, nul), {
      mode,
      sha: content.toString('hex', nul + 1, end),
    });
    at = end;
  }
  return entries;
}
