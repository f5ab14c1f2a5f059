import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { applyChange, type CursorDocument, changeBetween, emptyDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';

/** A commit and what is known at it. */
export interface JournalEntry {
  readonly head: string | null;
  readonly document: CursorDocument;
}

/**
 * The documents of a branch's local heads, as lines of a file: whatever commit the ref stands at when the process is
 * killed has its line, because the line is written before the ref moves.
 *
 * A line holds what differs from the line before; `full` ones stand alone. Lines are numbered: what follows a broken
 * or missing one is not used up to the next full one. Not synced to disk, as refs are not: without its line a head
 * has no document, and never a wrong one.
 */
export class CursorJournal {
  readonly #path: string;
  /** The document of the last line, when this process wrote it. */
  #last: CursorDocument | null = null;
  #number = 0;
  #bytes = 0;
  #bytesMax = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The document of a head (null: of a branch without a commit), or null. */
  async read(head: string | null): Promise<CursorDocument | null> {
    return (await this.readAll(new Set([head]))).get(head) ?? null;
  }

  /** The documents of those of the heads that have one. */
  async readAll<Head extends string | null>(
    heads: ReadonlySet<Head>,
  ): Promise<ReadonlyMap<Head, CursorDocument>> {
    // What comes next starts with a new file: nothing is written behind a line that was cut off.
    this.#last = null;
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const found = new Map<Head, CursorDocument>();
    let document: CursorDocument | null = null;
    let number = 0;
    for (const line of text.split('\n')) {
      try {
        const entry = JSON.parse(line);
        if (entry.full !== true && entry.number !== number + 1) document = null;
        number = entry.number;
        const before: CursorDocument | null = entry.full === true ? emptyDocument : document;
        document = before === null ? null : applyChange(before, entry);
        if (document !== null && heads.has(entry.head)) found.set(entry.head, document);
      } catch {
        document = null;
      }
    }
    return found;
  }

  /**
   * Adds a head that the ref is about to move to. Rejects when the file cannot be written.
   *
   * @param present where the ref stands now: it keeps its entry when the file is written anew
   */
  append(next: JournalEntry, present: JournalEntry): Promise<void> {
    return this.appendAll([next], present);
  }

  /** The same of several, one after the other: the ref is about to move to the last of them. */
  async appendAll(entries: readonly JournalEntry[], present: JournalEntry): Promise<void> {
    const last = this.#last;
    // A failure leaves the file in an unknown state.
    this.#last = null;
    if (last === null || this.#bytes > this.#bytesMax) {
      const full = this.#line(present, emptyDocument, true);
      const text = full + this.#lines(entries, present.document);
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
      this.#bytes = text.length;
      this.#bytesMax = Math.max(pushLimits.journalBytesMin, full.length * 4);
    } else {
      const text = this.#lines(entries, last);
      await appendFile(this.#path, text);
      this.#bytes += text.length;
    }
    this.#last = entries.at(-1)?.document ?? null;
  }

  #lines(entries: readonly JournalEntry[], before: CursorDocument): string {
    return entries.map((entry, at) => this.#line(entry, entries[at - 1]?.document ?? before, false)).join('');
  }

  #line({ head, document }: JournalEntry, before: CursorDocument, full: boolean): string {
    this.#number += 1;
    return `${JSON.stringify({ number: this.#number, head, full, ...changeBetween(before, document) })}\n`;
  }
}
