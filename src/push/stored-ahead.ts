import type { StoredBlob } from '../commit/commit-request.ts';
import { blobShaOf } from '../git/blob-sha.ts';
import type { Clone } from '../git/clone.ts';
import { pushLimits } from './push-limits.ts';

/** Puts contents into the clone ahead of their commits, many at a time. Until then they are held here. */
export class StoredAhead {
  readonly #clone: Clone;
  readonly #held = new Map<string, Buffer>();
  #bytes = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(clone: Clone) {
    this.#clone = clone;
  }

  /** Throws a CodedError when the clone cannot be written; may be called again then. */
  async store(content: Buffer): Promise<StoredBlob> {
    const blob = blobShaOf(content, this.#clone.format());
    if (!this.#held.has(blob)) {
      this.#held.set(blob, content);
      this.#bytes += content.length;
    }
    const { storedCountMax, storedBytesMax } = pushLimits;
    if (this.#held.size >= storedCountMax || this.#bytes >= storedBytesMax) await this.flush();
    return { blob, bytes: content.length };
  }

  /** A content that is not in the clone yet. */
  held(sha: string): Buffer | null {
    return this.#held.get(sha) ?? null;
  }

  /** Puts what is held into the clone. */
  flush(): Promise<void> {
    const result = this.#flushing.then(() => this.#flush());
    this.#flushing = result.catch(() => {});
    return result;
  }

  async #flush(): Promise<void> {
    if (this.#held.size === 0) return;
    const batch = [...this.#held];
    await this.#clone.blobs(batch.map(([, content]) => content));
    for (const [sha, content] of batch) {
      this.#held.delete(sha);
      this.#bytes -= content.length;
    }
  }
}
