import { hash } from 'node:crypto';
import type { ObjectFormat } from './blob-sha.ts';
import type { Replacement } from './tree-delta.ts';

/** What stands, or is to stand, under a name in a folder. */
export interface FolderEntry {
  /** As git writes it: `100644`, and `40000` for a folder. */
  readonly mode: string;
  readonly sha: string;
}

export const FOLDER_MODE = '40000';

/** Room before the content for what is hashed with it: `tree <length>` and a NUL. */
const HEAD_ROOM = 32;
/** More changes at once are put together anew instead of moved about. */
const MOVES_MAX = 8;

interface Edit extends Replacement {
  /** Whether what is inserted is a whole entry. */
  readonly isEntry: boolean;
}

/**
 * A folder of a tree, as the bytes that git hashes, with the places where its entries begin. So a change of one of
 * 10,000 files moves some bytes, and what changed is known.
 *
 * Entries are in git's order: by name, that of a folder with a slash at its end. Whatever is not changed (modes that
 * git writes no more, say) stays byte for byte.
 */
export class Folder {
  readonly #format: ObjectFormat;
  readonly #shaBytes: number;
  #buffer: Buffer;
  #length: number;
  #starts: Uint32Array;
  #count = 0;

  constructor(format: ObjectFormat, content: Buffer = Buffer.alloc(0)) {
    this.#format = format;
    this.#shaBytes = format === 'sha1' ? 20 : 32;
    this.#length = content.length;
    this.#buffer = Buffer.allocUnsafe(HEAD_ROOM + content.length + 1024);
    content.copy(this.#buffer, HEAD_ROOM);
    this.#starts = new Uint32Array(64);
    for (let at = 0; at < content.length; ) {
      this.#addStart(at);
      const nul = content.indexOf(0, at);
      if (nul < 0) throw new Error('A tree is broken');
      at = nul + 1 + this.#shaBytes;
    }
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Bytes that this takes in memory. */
  get bytes(): number {
    return this.#buffer.length + this.#starts.byteLength;
  }

  /** Valid until the next change. */
  get content(): Buffer {
    return this.#buffer.subarray(HEAD_ROOM, HEAD_ROOM + this.#length);
  }

  /** The name that git gives to it. */
  sha(): string {
    const head = `tree ${this.#length}\0`;
    const at = HEAD_ROOM - head.length;
    this.#buffer.write(head, at, 'latin1');
    return hash(this.#format, this.#buffer.subarray(at, HEAD_ROOM + this.#length), 'hex');
  }

  get(name: string): FolderEntry | null {
    const index = this.#indexOf(Buffer.from(`${name}/`));
    if (index < 0) return null;
    const end = this.#end(index);
    const start = this.#start(index);
    const mode = this.#buffer.toString('latin1', HEAD_ROOM + start, HEAD_ROOM + this.#nameStart(index) - 1);
    return {
      mode: mode.replace(/^0+/, ''),
      sha: this.#buffer.toString('hex', HEAD_ROOM + end - this.#shaBytes, HEAD_ROOM + end),
    };
  }

  /** Sets entries, or removes them (null); returns what that replaced, in ascending order. */
  change(changes: ReadonlyMap<string, FolderEntry | null>): readonly Replacement[] {
    const edits: Edit[] = [];
    for (const [name, entry] of changes) this.#edit(name, entry, edits);
    if (edits.length > 1) edits.sort(inOrder);
    if (edits.length <= MOVES_MAX)
      for (let at = edits.length - 1; at >= 0; at--) this.#move(edits[at] as Edit);
    else this.#putTogether(edits);
    return edits;
  }

  #edit(name: string, entry: FolderEntry | null, edits: Edit[]): void {
    const asFolder = Buffer.from(`${name}/`);
    const present = this.#indexOf(asFolder);
    const none = Buffer.alloc(0);
    if (entry === null) {
      if (present < 0) return;
      const at = this.#start(present);
      edits.push({ at, removed: this.#end(present) - at, inserted: none, isEntry: false });
      return;
    }
    const sha = Buffer.from(entry.sha, 'hex');
    if (sha.length !== this.#shaBytes) throw new Error(`No object name: ${entry.sha}`);
    const isFolder = entry.mode === FOLDER_MODE;
    const bytes = Buffer.concat([Buffer.from(`${entry.mode} ${name}\0`), sha]);
    if (present >= 0 && this.#isFolder(present) === isFolder) {
      const [start, end] = [this.#start(present), this.#end(present)];
      const mode = this.#buffer.toString(
        'latin1',
        HEAD_ROOM + start,
        HEAD_ROOM + this.#nameStart(present) - 1,
      );
      const at = end - this.#shaBytes;
      if (mode === entry.mode) edits.push({ at, removed: this.#shaBytes, inserted: sha, isEntry: false });
      else edits.push({ at: start, removed: end - start, inserted: bytes, isEntry: true });
      return;
    }
    if (present >= 0) {
      const at = this.#start(present);
      edits.push({ at, removed: this.#end(present) - at, inserted: none, isEntry: false });
    }
    const index = this.#placeOf(isFolder ? asFolder : asFolder.subarray(0, -1));
    const at = index < this.#count ? this.#start(index) : this.#length;
    edits.push({ at, removed: 0, inserted: bytes, isEntry: true });
  }

  #move({ at, removed, inserted, isEntry }: Edit): void {
    const shift = inserted.length - removed;
    if (shift !== 0) {
      this.#reserve(this.#length + shift);
      const from = HEAD_ROOM + at + removed;
      this.#buffer.copyWithin(from + shift, from, HEAD_ROOM + this.#length);
      this.#length += shift;
    }
    inserted.copy(this.#buffer, HEAD_ROOM + at);
    if (shift === 0) return;
    const first = this.#firstFrom(at);
    const gone = removed === 0 || this.#start(first) !== at || first >= this.#count ? 0 : 1;
    const come = isEntry ? 1 : 0;
    if (gone !== come) {
      this.#reserveStarts(this.#count + 1);
      this.#starts.copyWithin(first + come, first + gone, this.#count);
      this.#count += come - gone;
    }
    if (come === 1) this.#starts[first] = at;
    const starts = this.#starts;
    for (let index = first + come; index < this.#count; index++)
      starts[index] = (starts[index] as number) + shift;
  }

  #putTogether(edits: readonly Edit[]): void {
    const [from, starts, count] = [this.content, this.#starts, this.#count];
    const grown = edits.reduce((sum, { removed, inserted }) => sum + inserted.length - removed, from.length);
    this.#buffer = Buffer.allocUnsafe(HEAD_ROOM + grown + 1024);
    this.#starts = new Uint32Array(count + edits.length);
    this.#count = 0;
    let index = 0;
    let read = 0;
    let written = 0;
    const copyTo = (end: number) => {
      for (; index < count && (starts[index] as number) < end; index++)
        this.#addStart((starts[index] as number) - read + written);
      from.copy(this.#buffer, HEAD_ROOM + written, read, end);
      written += end - read;
      read = end;
    };
    for (const { at, removed, inserted, isEntry } of edits) {
      copyTo(at);
      if (isEntry) this.#addStart(written);
      inserted.copy(this.#buffer, HEAD_ROOM + written);
      written += inserted.length;
      read += removed;
      while (index < count && (starts[index] as number) < read) index++;
    }
    copyTo(from.length);
    this.#length = written;
  }

  #start(index: number): number {
    return this.#starts[index] as number;
  }

  #end(index: number): number {
    return index + 1 < this.#count ? this.#start(index + 1) : this.#length;
  }

  #nameStart(index: number): number {
    return this.#buffer.indexOf(0x20, HEAD_ROOM + this.#start(index)) + 1 - HEAD_ROOM;
  }

  /** Modes of folders are the only ones of five digits, or of six that begin with 0. */
  #isFolder(index: number): boolean {
    const digit = this.#buffer[HEAD_ROOM + this.#start(index)];
    return digit === 0x34 || digit === 0x30;
  }

  /** Whatever has the name, or -1. */
  #indexOf(asFolder: Buffer): number {
    for (const key of [asFolder.subarray(0, -1), asFolder]) {
      const index = this.#placeOf(key);
      if (index < this.#count && this.#compare(index, key) === 0) return index;
    }
    return -1;
  }

  /** The first entry that is not before `key` (a name, that of a folder with a slash). */
  #placeOf(key: Buffer): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(index: number, key: Buffer): number {
    const buffer = this.#buffer;
    const start = HEAD_ROOM + this.#nameStart(index);
    const length = HEAD_ROOM + this.#end(index) - this.#shaBytes - 1 - start;
    const isFolder = this.#isFolder(index);
    const whole = isFolder ? length + 1 : length;
    const shorter = Math.min(whole, key.length);
    for (let at = 0; at < shorter; at++) {
      const mine = at === length ? 0x2f : (buffer[start + at] as number);
      const difference = mine - (key[at] as number);
      if (difference !== 0) return difference;
    }
    return whole - key.length;
  }

  /** The first entry that starts at `at` or later. */
  #firstFrom(at: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#start(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #addStart(at: number): void {
    this.#reserveStarts(this.#count + 1);
    this.#starts[this.#count++] = at;
  }

  #reserveStarts(count: number): void {
    if (count <= this.#starts.length) return;
    const larger = new Uint32Array(Math.max(count, this.#starts.length * 2));
    larger.set(this.#starts);
    this.#starts = larger;
  }

  #reserve(length: number): void {
    if (HEAD_ROOM + length <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(HEAD_ROOM + Math.ceil(length * 1.25) + 1024);
    this.#buffer.copy(larger, 0, 0, HEAD_ROOM + this.#length);
    this.#buffer = larger;
  }
}

/** What is inserted at a place stands before what is replaced there; among themselves by git's order. */
function inOrder(one: Edit, other: Edit): number {
  if (one.at !== other.at) return one.at - other.at;
  if (one.removed !== 0 || other.removed !== 0) return one.removed - other.removed;
  return Buffer.compare(keyOf(one.inserted), keyOf(other.inserted));
}

/** The name of an entry as it is sorted. */
function keyOf(entry: Buffer): Buffer {
  const name = entry.subarray(entry.indexOf(0x20) + 1, entry.indexOf(0));
  return entry[0] === 0x34 ? Buffer.concat([name, Buffer.from('/')]) : name;
}
