import type { FileChange } from '../commit/commit-request.ts';

/** The commits that are not on the remote yet, oldest first, with their files as long as memory allows. */
export class UnpushedLog {
  readonly #bytesMax: number;
  readonly #files = new Map<string, readonly FileChange[]>();
  #shas: string[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#shas.length;
  }

  /** The last of the first `countMax` commits: what one push moves the remote branch to. */
  upTo(countMax: number): { readonly sha: string; readonly count: number } | null {
    const count = Math.min(Math.max(1, countMax), this.#shas.length);
    const sha = this.#shas[count - 1];
    return sha === undefined ? null : { sha, count };
  }

  add(sha: string, files: readonly FileChange[]): void {
    this.#shas.push(sha);
    const bytes = sizeOf(files);
    if (files.length === 0 || this.#bytes + bytes > this.#bytesMax) return;
    this.#bytes += bytes;
    this.#files.set(sha, files);
  }

  filesOf(sha: string): readonly FileChange[] | null {
    return this.#files.get(sha) ?? null;
  }

  /** Forgets everything up to and with `sha`; returns how many commits that were. */
  removeUpTo(sha: string): number {
    const count = this.#shas.indexOf(sha) + 1;
    for (const gone of this.#shas.slice(0, count)) {
      const files = this.#files.get(gone);
      if (files === undefined) continue;
      this.#bytes -= sizeOf(files);
      this.#files.delete(gone);
    }
    this.#shas = this.#shas.slice(count);
    return count;
  }
}

/** Bytes that a list of files holds in memory, roughly. */
export function sizeOf(files: readonly FileChange[]): number {
  let bytes = 0;
  for (const file of files) bytes += (file.content?.length ?? 0) + file.path.length * 2 + 256;
  return bytes;
}
