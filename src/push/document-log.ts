import type { CursorDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';

/**
 * The documents of some unpushed commits, oldest first, for a push that ends there. When they are many, the newer half
 * is thinned out: the next pushes end in the older one.
 */
export class DocumentLog {
  #documents = new Map<string, CursorDocument>();

  get(sha: string): CursorDocument | null {
    return this.#documents.get(sha) ?? null;
  }

  set(sha: string, document: CursorDocument): void {
    this.#documents.set(sha, document);
    const { documentsMax } = pushLimits;
    if (this.#documents.size <= documentsMax) return;
    const kept = [...this.#documents].filter((_, at) => at < documentsMax / 2 || at % 2 === 1);
    this.#documents = new Map(kept);
  }

  /** Forgets everything up to and with `sha`, if it is known. */
  forgetUpTo(sha: string): void {
    if (!this.#documents.has(sha)) return;
    for (const each of this.#documents.keys()) {
      this.#documents.delete(each);
      if (each === sha) return;
    }
  }
}
