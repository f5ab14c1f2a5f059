import type { Git } from './git.ts';

/** What stands at a path: a file, or a thing that only looks like one (symbolic link, submodule). */
export interface TreeEntry {
  readonly sha: string;
  readonly regular: boolean;
  /** Whether this process wrote the whole content: then it holds nothing of anybody else. */
  readonly verbatim: boolean;
}

/**
 * path → blob of the branch's tip, kept in memory, so that unchanged content is found without git.
 * Covers what lies below its prefixes, and whatever stands where a folder above them should be.
 */
export class TreeIndex {
  readonly #shas = new Map<string, string>();
  readonly #verbatim = new Set<string>();
  readonly #irregular = new Set<string>();
  /** Folder → number of files below it. */
  readonly #folders = new Map<string, number>();

  get size(): number {
    return this.#shas.size;
  }

  get(path: string): TreeEntry | null {
    const sha = this.#shas.get(path);
    if (sha === undefined) return null;
    return { sha, regular: !this.#irregular.has(path), verbatim: this.#verbatim.has(path) };
  }

  /** Why no file can be written at `path` without taking away something of another kind, or null. */
  obstacle(path: string): string | null {
    if (this.#folders.has(path)) return 'a folder stands at this path';
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (this.#shas.has(folder)) return `a file stands at "${folder}", where a folder is needed`;
    }
    if (this.#irregular.has(path)) return 'a symbolic link or submodule stands at this path';
    return null;
  }

  set(path: string, sha: string, options: { verbatim?: boolean; regular?: boolean } = {}): void {
    if (!this.#shas.has(path)) this.#count(path, 1);
    this.#shas.set(path, sha);
    if (options.verbatim === true) this.#verbatim.add(path);
    else this.#verbatim.delete(path);
    if (options.regular === false) this.#irregular.add(path);
    else this.#irregular.delete(path);
  }

  delete(path: string): void {
    if (!this.#shas.delete(path)) return;
    this.#verbatim.delete(path);
    this.#irregular.delete(path);
    this.#count(path, -1);
  }

  /** Paths below `prefix` (a folder, or empty for all). */
  *paths(prefix = ''): Generator<string> {
    const start = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    for (const path of this.#shas.keys()) if (path.startsWith(start)) yield path;
  }

  #count(path: string, by: number): void {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const count = (this.#folders.get(folder) ?? 0) + by;
      if (count === 0) this.#folders.delete(folder);
      else this.#folders.set(folder, count);
    }
  }
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
  addEntries(
    index,
    await git.ok(['ls-tree', '-r', '-z', '--full-tree', commit, ...below.map((prefix) => `${prefix}/`)]),
  );
  const above = [...new Set(below.flatMap(foldersTo))];
  if (above.length > 0) addEntries(index, await git.ok(['ls-tree', '-z', '--full-tree', commit, ...above]));
  return index;
}

/** Brings an index of commit `from` to commit `to`; returns the paths that differ, with their blob (null: gone). */
export async function updateTreeIndex(
  index: TreeIndex,
  git: Git,
  from: string,
  to: string,
  prefixes: readonly string[] = [],
): Promise<ReadonlyMap<string, string | null>> {
  const changes = await changesBetween(git, from, to);
  const all = prefixes.length === 0 || prefixes.includes('');
  const above = new Set(prefixes.flatMap(foldersTo));
  const changed = new Map<string, string | null>();
  // Deletions first: a file may have become a folder.
  for (const deletions of [true, false]) {
    for (const { path, sha, regular } of changes) {
      if ((sha === null) !== deletions) continue;
      if (!all && !above.has(path) && !prefixes.some((prefix) => path.startsWith(`${prefix}/`))) continue;
      changed.set(path, sha);
      if (sha === null) index.delete(path);
      else index.set(path, sha, { regular });
    }
  }
  return changed;
}

async function changesBetween(
  git: Git,
  from: string,
  to: string,
): Promise<{ path: string; sha: string | null; regular: boolean }[]> {
  const text = await git.ok(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', from, to]);
  const tokens = text.split('\0');
  const changes = [];
  for (let at = 0; at + 1 < tokens.length; at += 2) {
    const [, mode = '', , sha = ''] = (tokens[at] ?? '').split(' ');
    const deleted = mode === '000000';
    changes.push({
      path: tokens[at + 1] ?? '',
      sha: deleted ? null : sha,
      regular: mode === '100644' || mode === '100755',
    });
  }
  return changes;
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
function foldersTo(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function addEntries(index: TreeIndex, listing: string): void {
  for (const line of listing.split('\0')) {
    // `<mode> <type> <sha>\t<path>`
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', type = '', sha = ''] = line.slice(0, tab).split(' ');
    if (type === 'tree') continue;
    index.set(line.slice(tab + 1), sha, { regular: mode === '100644' || mode === '100755' });
  }
}
