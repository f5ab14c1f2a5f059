import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { gitEnvironment } from '../../testing/git-environment.ts';
import type { Conversation, Launcher } from './launcher.ts';

/** A commit as it is written. */
export interface CommitText {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly atS: number;
}

type Entries = ReadonlyMap<string, { readonly mode: string; readonly sha: string }>;

/** Paths and their blobs. */
type Files = ReadonlyMap<string, string>;

const noFiles: Files = new Map();
const folderMode = '40000';
const sentinel = { command: 'gate\n', answer: 'gate missing\n' };

/** The objects of a bare repository of SHA-1: written as git writes loose ones, read through one `git cat-file`. */
export class Objects {
  readonly #dir: string;
  readonly #launcher: Launcher;
  #reader: Conversation | null = null;
  readonly #read = new Map<string, Buffer>();
  readonly #files = new Map<string, Files>();

  constructor(dir: string, launcher: Launcher) {
    this.#dir = dir;
    this.#launcher = launcher;
  }

  blob(content: string): string {
    return this.#write('blob', Buffer.from(content));
  }

  commit({ tree, parents, author, committer, message }: CommitText): string {
    const lines = [
      `tree ${tree}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${signed(author)}`,
      `committer ${signed(committer)}`,
    ];
    return this.#write('commit', Buffer.from(`${lines.join('\n')}\n\n${message}`));
  }

  readCommit(sha: string): CommitText {
    const text = this.#object(sha).toString();
    const end = text.indexOf('\n\n');
    const lines = text.slice(0, end).split('\n');
    const of = (key: string) =>
      lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
    const [author = ''] = of('author');
    const [committer = ''] = of('committer');
    const [tree = ''] = of('tree');
    return {
      tree,
      parents: of('parent'),
      author: signatureOf(author),
      committer: signatureOf(committer),
      message: text.slice(end + 2),
    };
  }

  /** A tree (null: an empty one) with another blob at a path, or without (null) any. */
  withFile(tree: string | null, path: string, blob: string | null): string {
    const [name = '', ...rest] = path.split('/');
    const entries = new Map(tree === null ? [] : this.#entries(tree));
    const present = entries.get(name);
    const below = rest.join('/');
    if (below !== '') {
      const folder = this.withFile(present?.mode === folderMode ? present.sha : null, below, blob);
      if (this.#entries(folder).size === 0) entries.delete(name);
      else entries.set(name, { mode: folderMode, sha: folder });
    } else if (blob === null) entries.delete(name);
    else entries.set(name, { mode: '100644', sha: blob });
    // As git sorts them: a folder as if its name ended with a slash.
    const key = ([each, { mode }]: [string, { mode: string }]) =>
      Buffer.from(mode === folderMode ? `${each}/` : each);
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
      if (mode !== folderMode) files.set(name, sha);
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
    this.#reader ??= this.#launcher.talk(['git', 'cat-file', '--batch'], options);
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

  close(): void {
    this.#reader?.end();
    this.#reader = null;
  }

  #object(name: string): Buffer {
    this.fetch([name]);
    return this.#read.get(name) ?? Buffer.alloc(0);
  }

  #entries(tree: string): Entries {
    const bytes = this.#object(tree);
    const entries = new Map<string, { mode: string; sha: string }>();
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0, at);
      const [mode = '', name = ''] = bytes.subarray(at, end).toString().split(' ');
      entries.set(name, { mode, sha: bytes.subarray(end + 1, end + 21).toString('hex') });
      at = end + 21;
    }
    return entries;
  }

  #write(type: string, content: Buffer): string {
    const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const sha = createHash('sha1').update(whole).digest('hex');
    this.#read.set(sha, content);
    const folder = join(this.#dir, 'objects', sha.slice(0, 2));
    const file = join(folder, sha.slice(2));
    if (existsSync(file)) return sha;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, deflateSync(whole, { level: 1 }));
    return sha;
  }
}

function signed({ name, email, atS }: Signature): string {
  return `${name} <${email}> ${atS} +0000`;
}

function signatureOf(text: string): Signature {
  const [, name = '', email = '', atS = ''] = /^(.*) <(.*)> (\d+) /.exec(text) ?? [];
  return { name, email, atS: Number(atS) };
}
