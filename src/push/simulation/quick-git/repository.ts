import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type CommitText, parseCommit, parseTree, type TreeEntries } from '../object-text.ts';
import { LeftToGit } from './left-to-git.ts';
import { KnownPacks, PackedObjects } from './packed-objects.ts';
import { nameOfObject, type StoredObject } from './stored-object.ts';

/** What was read, by name: objects never change. Whether a repository has one is looked up each time. */
export class Memory {
  readonly objects = new Map<string, StoredObject>();
  readonly commits = new Map<string, CommitText>();
  readonly trees = new Map<string, TreeEntries>();
  readonly packs = new KnownPacks();
}

/** A bare repository of SHA-1 on disk, with all its objects in packs, as one git process sees it. */
export class Repository {
  readonly dir: string;
  readonly #memory: Memory;
  readonly #packed: PackedObjects;
  #borders: ReadonlySet<string> | null = null;

  constructor(dir: string, memory: Memory) {
    this.dir = dir;
    this.#memory = memory;
    this.#packed = new PackedObjects(dir, memory.packs);
  }

  /** Throws when it holds what is not looked at here, as nobody whom the simulation knows makes it. */
  checkWhole(): void {
    const loose = readdirSync(join(this.dir, 'objects')).filter((name) => /^[0-9a-f]{2}$/.test(name));
    const unknown = ['packed-refs', 'objects/info/alternates', ...loose.map((name) => `objects/${name}`)];
    for (const name of unknown)
      if (existsSync(join(this.dir, name))) throw new Error(`${this.dir} has ${name}`);
  }

  /** Commits whose parents it does not have. */
  get borders(): ReadonlySet<string> {
    if (this.#borders !== null) return this.#borders;
    const file = join(this.dir, 'shallow');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    this.#borders = new Set(lines.filter((line) => line !== ''));
    return this.#borders;
  }

  setBorders(borders: ReadonlySet<string>): void {
    if (borders === this.borders) return;
    const file = join(this.dir, 'shallow');
    if (borders.size === 0) rmSync(file, { force: true });
    else writeFileSync(file, [...borders].map((sha) => `${sha}\n`).join(''));
    this.#borders = borders;
  }

  /** What a pack holds. */
  namesIn(pack: string): readonly string[] {
    return this.#packed.namesIn(pack);
  }

  has(sha: string): boolean {
    return this.#packed.has(sha);
  }

  /** null: it does not have it. */
  find(sha: string): StoredObject | null {
    if (!this.has(sha)) return null;
    const known = this.#memory.objects.get(sha);
    if (known !== undefined) return known;
    const object = this.#packed.read(sha);
    if (nameOfObject(object) !== sha) throw new LeftToGit(`a broken object ${sha}`);
    this.#memory.objects.set(sha, object);
    return object;
  }

  /** As a process that stays sees it when it misses something. */
  refresh(): void {
    this.#packed.refresh();
    this.#borders = null;
  }

  object(sha: string, type?: string): StoredObject {
    const object = this.find(sha);
    if (object === null || (type !== undefined && object.type !== type))
      throw new LeftToGit(`no ${type ?? 'object'} ${sha}`);
    return object;
  }

  commit(sha: string): CommitText {
    const { content } = this.object(sha, 'commit');
    const known = this.#memory.commits.get(sha);
    if (known !== undefined) return known;
    const commit = parseCommit(content);
    this.#memory.commits.set(sha, commit);
    return commit;
  }

  /** Without those behind a border. */
  parents(sha: string): readonly string[] {
    return this.borders.has(sha) ? [] : this.commit(sha).parents;
  }

  entries(tree: string): TreeEntries {
    const { content } = this.object(tree, 'tree');
    const known = this.#memory.trees.get(tree);
    if (known !== undefined) return known;
    const entries = parseTree(content);
    this.#memory.trees.set(tree, entries);
    return entries;
  }

  /** The object that a ref points to; null: there is no such ref. */
  ref(name: string): string | null {
    const file = join(this.dir, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
    const text = readFileSync(file, 'latin1');
    if (!/^[0-9a-f]{40}\n$/.test(text)) throw new LeftToGit(`no plain ref ${name}`);
    return text.slice(0, 40);
  }

  /** All refs, by name. */
  refs(): readonly (readonly [string, string])[] {
    const files = readdirSync(join(this.dir, 'refs'), { recursive: true, withFileTypes: true });
    return files
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
      .map((entry) => join(entry.path, entry.name).slice(this.dir.length + 1))
      .sort()
      .map((name) => [name, this.ref(name) ?? ''] as const);
  }

  /** The branch that HEAD names. */
  get headRef(): string {
    const match = /^ref: (.*)\n$/.exec(readFileSync(join(this.dir, 'HEAD'), 'utf8'));
    if (match === null) throw new LeftToGit('a detached HEAD');
    return match[1] ?? '';
  }

  /** Throws when only git knows what comes of it. */
  checkWritable(ref: string): void {
    const file = join(this.dir, ref);
    if (!/^refs\/./.test(ref) || existsSync(`${file}.lock`)) throw new LeftToGit(`${ref} is locked`);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) throw new LeftToGit(`${ref} is a folder`);
    if (found !== undefined) return;
    for (let at = dirname(file); at !== this.dir; at = dirname(at))
      if (statSync(at, { throwIfNoEntry: false })?.isDirectory() === false)
        throw new LeftToGit(`${at} is a file`);
  }

  /** null: deleted, with folders that are empty then, as git does it. */
  setRef(ref: string, to: string | null): void {
    const file = join(this.dir, ref);
    if (to !== null) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${to}\n`);
      return;
    }
    rmSync(file, { force: true });
    const kept = join(this.dir, ref.split('/').slice(0, 2).join('/'));
    for (let at = dirname(file); at.length > kept.length; at = dirname(at)) {
      if (readdirSync(at).length > 0) break;
      rmdirSync(at);
    }
  }

  /** What stands for a name: a sha, a ref, `HEAD`, `<commit>^{tree}` or `<commit>:<path>`; null: nothing. */
  resolve(name: string): string | null {
    if (/^[0-9a-f]{40}$/.test(name)) return name;
    if (name === 'HEAD') return this.ref(this.headRef);
    if (/^refs\/[^\s^:~]+$/.test(name)) return this.ref(name);
    const [, commit, path] = /^([0-9a-f]{40}|refs\/[^\s^:~]+)(\^\{tree\}|:.+)$/.exec(name) ?? [];
    if (commit === undefined || path === undefined) throw new LeftToGit(`the name ${name}`);
    const sha = this.resolve(commit);
    if (sha === null || !this.has(sha)) return null;
    let at: string | null = this.commit(sha).tree;
    if (path.startsWith(':'))
      for (const part of path.slice(1).split('/'))
        at = at === null ? null : (this.entries(at).get(part)?.sha ?? null);
    return at;
  }
}
