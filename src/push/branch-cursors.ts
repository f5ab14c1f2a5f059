import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { type CursorDocument, emptyDocument, streamsOf } from './cursor-document.ts';
import type { CursorJournal, JournalEntry } from './cursor-journal.ts';
import { DocumentLog } from './document-log.ts';
import { pushLimits } from './push-limits.ts';

/** What is known at the head of a local branch and at some of its unpushed commits, in memory and in the journal. */
export class BranchCursors {
  readonly #journal: CursorJournal;
  readonly #log: Log;
  readonly #nowMs: () => number;
  #document: CursorDocument = emptyDocument;
  #documents = new DocumentLog();
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  #isBehind = false;

  constructor(options: {
    readonly journal: CursorJournal;
    readonly log: Log;
    readonly nowMs: () => number;
  }) {
    this.#journal = options.journal;
    this.#log = options.log;
    this.#nowMs = options.nowMs;
  }

  /** Cursors and foreign paths as of the head. */
  get document(): CursorDocument {
    return this.#document;
  }

  /** The same as of an unpushed commit; null: not known there. */
  at(sha: string): CursorDocument | null {
    return this.#documents.get(sha);
  }

  /** The branch was read, and stands at `head` now, where it was `known` to stand before. */
  async load(head: string | null, known: string | null, unpushed: readonly string[]): Promise<void> {
    if (head === null) await this.#loadUnborn(known);
    else if (head !== known) await this.#read(head, unpushed);
  }

  /** What was known of a branch without a commit. One that somebody took away is no longer such a branch. */
  async #loadUnborn(known: string | null): Promise<void> {
    const document = known === null ? await this.#journal.read(null) : null;
    if (known !== null) await this.note([{ head: null, document: emptyDocument }], known);
    this.#document = document ?? emptyDocument;
  }

  /** What was known at the head and at unpushed commits, as an earlier process wrote it down. */
  async #read(head: string, unpushed: readonly string[]): Promise<void> {
    const known = await this.#journal.readAll(new Set([...unpushed, head]));
    this.#document = known.get(head) ?? emptyDocument;
    this.#documents = new DocumentLog();
    for (const sha of unpushed) {
      const document = known.get(sha);
      if (document !== undefined) this.#documents.set(sha, document);
    }
  }

  /** What is known at the head is something else now. */
  async mark(head: string | null, document: CursorDocument): Promise<void> {
    if (document === this.#document) return;
    // With its first position, a stream can be gone on with: from then on, nothing of it may be lost.
    const hasBegun = streamsOf(document) !== streamsOf(this.#document);
    this.#document = document;
    this.#isBehind = true;
    if (head !== null) this.#documents.set(head, document);
    const isDue = this.#nowMs() - this.#writtenAtMs >= pushLimits.journalIntervalMs;
    if (isDue || hasBegun) await this.flush(head);
  }

  /** Makes marks without a commit durable now, also those of a branch that has none yet. */
  async flush(head: string | null): Promise<void> {
    if (this.#isBehind) await this.note([{ head, document: this.#document }], head);
  }

  /**
   * Writes down what is known at commits of which the last becomes the head, which is `present` now. Without it, only a
   * resume is lost.
   */
  async note(entries: readonly JournalEntry[], present: string | null): Promise<void> {
    try {
      await this.#journal.appendAll(entries, { head: present, document: this.#document });
      this.#writtenAtMs = this.#nowMs();
      this.#isBehind = false;
    } catch (error) {
      this.#log.warn('Cursors cannot be written', { error: messageOf(error) });
    }
  }

  /** Commits were made, and what is known at some of them, the last among them, written down. */
  landed(document: CursorDocument, entries: Iterable<JournalEntry>): void {
    this.#document = document;
    for (const { head, document } of entries) if (head !== null) this.#documents.set(head, document);
  }

  /** The branch consists of other commits now, and what is known at some of them was written down. */
  replace(document: CursorDocument, entries: Iterable<JournalEntry>): void {
    this.#documents = new DocumentLog();
    this.landed(document, entries);
  }

  forgetUpTo(sha: string): void {
    this.#documents.forgetUpTo(sha);
  }

  /** The journal went with the clone: it begins anew with these. */
  async beginAnew(entries: readonly JournalEntry[]): Promise<void> {
    await this.#journal.readAll(new Set<string>());
    this.#document = emptyDocument;
    await this.note(entries, null);
  }
}
