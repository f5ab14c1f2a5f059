import { ownText } from '../own-text.ts';
import type { Git } from './git.ts';
import { ShaTable } from './sha-table.ts';

/** What stands at a path: a file, or a thing that only looks like one (symbolic link, submodule). */
export interface TreeEntry {
  readonly sha: string;
  readonly regular: boolean;
  /** Whether this process wrote the whole content: then it holds nothing of anybody else. */
  readonly verbatim: boolean;
}

/** What is known of a path beside its blob. */
const VERBATIM = 1;
const IRREGULAR = 2;

/**
 * path → blob of the branch's tip, kept in memory, so that unchanged content is found without git.
 * Covers what lies below its prefixes, and whatever stands where a folder above them should be.
 *
 * Kept by folder, whose path is there once, with object names as bytes: about 100 bytes a file.
 */
export class TreeIndex {
  /** Folder (empty: the root) → name → slot. */
  #files = new Map<string, Map<string, number>>();
  #shas = new ShaTable();
  #size = 0;
  /** Folder → number of folders with files in them: itself and those below it. */
  #folders = new Map<string, number>();

  get size(): number {
    return this.#size;
  }

  get(path: string): TreeEntry | null {
    const slot = this.#slot(path);
    if (slot === undefined) return null;
    const flags = this.#shas.flags(slot);
    return {
      sha: this.#shas.sha(slot),
      regular: (flags & IRREGULAR) === 0,
      verbatim: (flags & VERBATIM) !== 0,
    };
  }

  /** One that can be changed while this one stays as it is. */
  copy(): TreeIndex {
    const copy = new TreeIndex();
    for (const [folder, files] of this.#files) copy.#files.set(folder, new Map(files));
    copy.#shas = this.#shas.copy();
    copy.#size = this.#size;
    copy.#folders = new Map(this.#folders);
    return copy;
  }

  /** Why no file can be written at `path` without taking away something of another kind, or null. */
  obstacle(path: string): string | null {
    if (this.#folders.has(path)) return 'a folder stands at this path';
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (this.#slot(folder) !== undefined) return `a file stands at "${folder}", where a folder is needed`;
    }
    const slot = this.#slot(path);
    if (slot !== undefined && (this.#shas.flags(slot) & IRREGULAR) !== 0)
      return 'a symbolic link or submodule stands at this path';
    return null;
  }

  /** @param sha in hexadecimal digits */
  set(path: string, sha: string, options: { verbatim?: boolean; regular?: boolean } = {}): void {
    const flags = (options.verbatim === true ? VERBATIM : 0) | (options.regular === false ? IRREGULAR : 0);
    const [folder, name] = split(path);
    let files = this.#files.get(folder);
    const known = files?.get(name);
    if (known !== undefined) return this.#shas.set(known, sha, flags);
    if (files === undefined) {
      files = new Map();
      this.#files.set(ownText(folder), files);
      this.#count(folder, 1);
    }
    const slot = this.#shas.take();
    this.#shas.set(slot, sha, flags);
    files.set(ownText(name), slot);
    this.#size++;
  }

  delete(path: string): void {
    const slot = this.#slot(path);
    if (slot === undefined) return;
    const [folder, name] = split(path);
    const files = this.#files.get(folder);
    files?.delete(name);
    this.#shas.release(slot);
    this.#size--;
    if (files?.size !== 0) return;
    this.#files.delete(folder);
    this.#count(folder, -1);
  }

  /** Paths below `prefix` (a folder, or empty for all), folder by folder. */
  *paths(prefix = ''): Generator<string> {
    const start = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    for (const [folder, files] of this.#files) {
      const below = folder === '' ? '' : `${folder}/`;
      if (below.startsWith(start)) for (const name of files.keys()) yield below + name;
    }
  }

  #slot(path: string): number | undefined {
    const [folder, name] = split(path);
    return this.#files.get(folder)?.get(name);
  }

  /** Files came into a folder, or there are none any more. */
  #count(folder: string, by: number): void {
    for (let at = folder; at !== ''; at = split(at)[0]) {
      const count = (this.#folders.get(at) ?? 0) + by;
      if (count === 0) this.#folders.delete(at);
      else this.#folders.set(ownText(at), count);
    }
  }
}

/** The folder of a path (empty: the root), and the name in it. */
function split(path: string): readonly [string, string] {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** Reads the tree of a commit (null: there is none yet), as far as it lies below `prefixes` (none: all of it). */
export async function loadTreeIndex(
  git: Git,
  commit: string | null,
  prefixes: readonly string[] = [],
): Promise<TreeIndex> {
  const index = new TreeIndex();
  if (commit === null) return index;
  const below = prefixes.some((prefix) => prefix === '') ? [] : prefixes;
  addEntries(index, await git.ok(['ls-tree', '-r', '-z', '--full-tree', commit, ...below]));
  const above = [...new Set(below.flatMap((prefix) => foldersTo(prefix).slice(0, -1)))];
  if (above.length > 0) addEntries(index, await git.ok(['ls-tree', '-z', '--full-tree', commit, ...above]));
  return index;
}

/** What stands at a path: null for nothing. */
export interface TreeDifference {
  readonly path: string;
  readonly sha: string | null;
  readonly regular: boolean;
}

/** Brings an index of commit `from` to commit `to`; returns the paths that differ, with their blob (null: gone). */
export async function updateTreeIndex(
  index: TreeIndex,
  git: Git,
  from: string,
  to: string,
  prefixes: readonly string[] = [],
): Promise<ReadonlyMap<string, string | null>> {
  return applyDifferences(index, await changesBetween(git, from, to), prefixes);
}

/** Brings an index to what these differences say, as far as they lie below `prefixes`; returns those. */
export function applyDifferences(
  index: TreeIndex,
  differences: readonly TreeDifference[],
  prefixes: readonly string[],
): ReadonlyMap<string, string | null> {
  const all = prefixes.length === 0 || prefixes.includes('');
  const above = new Set(prefixes.flatMap(foldersTo));
  const changed = new Map<string, string | null>();
  // Deletions first: a file may have become a folder.
  for (const deletions of [true, false]) {
    for (const { path, sha, regular } of differences) {
      if ((sha === null) !== deletions) continue;
      if (!all && !above.has(path) && !prefixes.some((prefix) => path.startsWith(`${prefix}/`))) continue;
      changed.set(path, sha);
      if (sha === null) index.delete(path);
      else index.set(path, sha, { regular });
    }
  }
  return changed;
}

async function changesBetween(git: Git, from: string, to: string): Promise<TreeDifference[]> {
  const text = await git.ok(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', from, to]);
  const tokens = text.split('\0');
  const changes = [];
  for (let at = 0; at + 1 < tokens.length; at += 2) {
    const [, mode = '', , sha = ''] = (tokens[at] ?? '').split(' ');
    const deleted = mode === '000000';
    changes.push({
      path: tokens[at + 1] ?? '',
      sha: deleted ? null : sha,
      regular: isRegular(mode),
    });
  }
  return changes;
}

/** Is this the mode of a file, and no symbolic link or submodule? */
export function isRegular(mode: string): boolean {
  return mode === '100644' || mode === '100755';
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
function foldersTo(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function addEntries(index: TreeIndex, listing: string): void {
  let end = 0;
  for (let from = 0; from < listing.length; from = end + 1) {
    end = listing.indexOf('\0', from);
    if (end < 0) end = listing.length;
    // `<mode> <type> <sha>\t<path>`
    const line = listing.slice(from, end);
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', type = '', sha = ''] = line.slice(0, tab).split(' ');
    if (type === 'tree') continue;
    index.set(line.slice(tab + 1), sha, { regular: isRegular(mode) });
  }
}
