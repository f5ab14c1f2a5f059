import { gitEnvironment } from '../../testing/git-environment.ts';
import {
  type CommitText,
  commitText,
  FOLDER_MODE,
  parseCommit,
  parseTree,
  type TreeEntries,
} from './object-text.ts';
import type { Conversation, Programs } from './programs.ts';
import { writePack } from './quick-git/send-objects.ts';
import { nameOfObject, type StoredObject } from './quick-git/stored-object.ts';

/** Paths and their blobs. */
type Files = ReadonlyMap<string, string>;

const noFiles: Files = new Map();
const sentinel = { command: 'gate\n', answer: 'gate missing\n' };

/** The objects of a bare repository of SHA-1: written to packs, read through one `git cat-file`. */
export class Objects {
  readonly #dir: string;
  readonly #programs: Programs;
  #reader: Conversation | null = null;
  readonly #read = new Map<string, Buffer>();
  /** Not written yet. */
  readonly #fresh = new Map<string, StoredObject>();
  readonly #files = new Map<string, Files>();

  constructor(dir: string, programs: Programs) {
    this.#dir = dir;
    this.#programs = programs;
  }

  blob(content: string): string {
    return this.#write('blob', Buffer.from(content));
  }

  commit(commit: CommitText): string {
    return this.#write('commit', Buffer.from(commitText(commit)));
  }

  readCommit(sha: string): CommitText {
    return parseCommit(this.#object(sha));
  }

  /** A tree (null: an empty one) with another blob at a path, or without (null) any. */
  withFile(tree: string | null, path: string, blob: string | null): string {
    const [name = '', ...rest] = path.split('/');
    const entries = new Map(tree === null ? [] : this.#entries(tree));
    const present = entries.get(name);
    const below = rest.join('/');
    if (below !== '') {
      const folder = this.withFile(present?.mode === FOLDER_MODE ? present.sha : null, below, blob);
      if (this.#entries(folder).size === 0) entries.delete(name);
      else entries.set(name, { mode: FOLDER_MODE, sha: folder });
    } else if (blob === null) entries.delete(name);
    else entries.set(name, { mode: '100644', sha: blob });
    // As git sorts them: a folder as if its name ended with a slash.
    const key = ([each, { mode }]: [string, { mode: string }]) =>
      Buffer.from(mode === FOLDER_MODE ? `${each}/` : each);
    const sorted = [...entries].sort((one, other) => Buffer.compare(key(one), key(other)));
    return this.#write(
      'tree',
      Buffer.concat(
        sorted.flatMap(([each, { mode, sha }]) => [
          Buffer.from(`${mode} ${each}\0`),
          Buffer.from(sha, 'hex'),
        ]),
      ),
    );
  }

  /** All files of a tree; null: of none. */
  files(tree: string | null): Files {
    if (tree === null) return noFiles;
    const known = this.#files.get(tree);
    if (known !== undefined) return known;
    const files = new Map<string, string>();
    for (const [name, { mode, sha }] of this.#entries(tree)) {
      if (mode !== FOLDER_MODE) files.set(name, sha);
      else for (const [path, blob] of this.files(sha)) files.set(`${name}/${path}`, blob);
    }
    this.#files.set(tree, files);
    return files;
  }

  /** Reads objects ahead, all at once. */
  fetch(names: readonly string[]): void {
    const wanted = [...new Set(names)].filter((name) => !this.#read.has(name));
    if (wanted.length === 0) return;
    const options = { cwd: this.#dir, env: gitEnvironment() };
    this.#reader ??= this.#programs.talk(['git', 'cat-file', '--batch'], options);
    const input = Buffer.from(`${wanted.join('\n')}\n${sentinel.command}`);
    const { stdout } = this.#reader.ask(input, sentinel.answer);
    let at = 0;
    for (const name of wanted) {
      const newline = stdout.indexOf(10, at);
      const [, type, size] = stdout.subarray(at, newline).toString().split(' ');
      if (type === 'missing' || size === undefined) throw new Error(`The remote has no object ${name}`);
      at = newline + 1 + Number(size);
      this.#read.set(name, Buffer.from(stdout.subarray(newline + 1, at)));
      at += 1;
    }
  }

  /** To be called before anything points to what was made. */
  write(): void {
    writePack(this.#dir, this.#fresh);
    this.#fresh.clear();
  }

  close(): void {
    this.#reader?.end();
    this.#reader = null;
  }

  #object(name: string): Buffer {
    this.fetch([name]);
    return this.#read.get(name) ?? Buffer.alloc(0);
  }

  #entries(tree: string): TreeEntries {
    return parseTree(this.#object(tree));
  }

  #write(type: string, content: Buffer): string {
    const object = { type, content };
    const sha = nameOfObject(object);
    if (!this.#read.has(sha)) this.#fresh.set(sha, object);
    this.#read.set(sha, content);
    return sha;
  }
}
