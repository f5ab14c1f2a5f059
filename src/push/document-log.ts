import type { CursorDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';

/** The documents of some unpushed commits, oldest first, for a push that ends there. Thinned out when many. */
export class DocumentLog {
  #documents = new Map<string, CursorDocument>();

  get(sha: string): CursorDocument | null {
    return this.#documents.get(sha) ?? null;
  }

  set(sha: string, document: CursorDocument): void {
    this.#documents.set(sha, document);
    if (this.#documents.size <= pushLimits.documentsMax) return;
    const kept = [...this.#documents].filter((_, at) => at % 2 === 1);
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
