import type { CommitRequest, FileChange } from '../commit/commit-request.ts';

/** What is kept of a request until its commit is on the remote, as long as memory allows. */
export type Remembered = Pick<CommitRequest, 'files' | 'onDropped' | 'onPushed'>;

/** The commits that are not on the remote yet, oldest first, with their requests as long as memory allows. */
export class UnpushedLog {
  readonly #bytesMax: number;
  readonly #requests = new Map<string, Remembered>();
  /** Names as bytes, one after the other: a day of changes must not be a day of strings. */
  #names = Buffer.alloc(0);
  #width = 20;
  #start = 0;
  #end = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** The last of the first `countMax` commits: what one push moves the remote branch to. */
  upTo(countMax: number): { readonly sha: string; readonly count: number } | null {
    const count = Math.min(Math.max(1, countMax), this.length);
    return count === 0 ? null : { sha: this.#at(this.#start + count - 1), count };
  }

  add(sha: string, request: Remembered | null): void {
    this.#push(sha);
    if (request === null || request.files.length === 0) return;
    const bytes = sizeOf(request.files);
    if (this.#bytes + bytes > this.#bytesMax) return;
    this.#bytes += bytes;
    const { files, onDropped, onPushed } = request;
    this.#requests.set(sha, {
      files,
      ...(onDropped === undefined ? {} : { onDropped }),
      ...(onPushed === undefined ? {} : { onPushed }),
    });
  }

  of(sha: string): Remembered | null {
    return this.#requests.get(sha) ?? null;
  }

  /** Forgets everything up to and with `sha`, telling what was remembered; returns how many commits that were. */
  removeUpTo(sha: string, tell: (request: Remembered) => void = () => {}): number {
    const name = Buffer.from(sha, 'hex');
    let at = this.#start;
    while (at < this.#end && !this.#slice(at).equals(name)) at += 1;
    if (at === this.#end) return 0;
    const count = at + 1 - this.#start;
    if (this.#requests.size > 0)
      for (let each = this.#start; each <= at; each++) this.#forget(this.#at(each), tell);
    this.#start = at + 1;
    if (this.#start === this.#end) {
      this.#names = Buffer.alloc(0);
      this.#start = 0;
      this.#end = 0;
    }
    return count;
  }

  #forget(sha: string, tell: (request: Remembered) => void): void {
    const request = this.#requests.get(sha);
    if (request === undefined) return;
    this.#bytes -= sizeOf(request.files);
    this.#requests.delete(sha);
    tell(request);
  }

  #push(sha: string): void {
    if (this.length === 0) this.#width = sha.length / 2;
    if ((this.#end + 1) * this.#width > this.#names.length) {
      const kept = this.#names.subarray(this.#start * this.#width, this.#end * this.#width);
      const room = Buffer.alloc(Math.max(64, this.length * 2) * this.#width);
      kept.copy(room);
      this.#names = room;
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#names.write(sha, this.#end * this.#width, 'hex');
    this.#end += 1;
  }

  #slice(at: number): Buffer {
    return this.#names.subarray(at * this.#width, (at + 1) * this.#width);
  }

  #at(at: number): string {
    return this.#slice(at).toString('hex');
  }
}

/** Bytes that a list of files holds in memory, roughly. */
export function sizeOf(files: readonly FileChange[]): number {
  let bytes = 0;
  for (const file of files) {
    const held = file.content !== null && 'length' in file.content ? file.content.length : 0;
    bytes += held + file.path.length * 2 + 256;
  }
  return bytes;
}
