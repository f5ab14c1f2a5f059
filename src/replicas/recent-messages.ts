import type { Clock } from '../clock.ts';

/** What is older, no new leader commits one by one: of a busy kind, API servers keep the versions of 75 seconds, of others seldom more than this. */
const AGE_MS_MAX = 5 * 60_000;
const BYTES_MAX = 8 * 1024 * 1024;
/** What is dropped at the front of the list is moved away when it is so much. */
const DROPPED_MAX = 1_000;

/** The last messages, for a replica that comes later; bounded by age and size. */
export class RecentMessages {
  readonly #clock: Pick<Clock, 'now'>;
  #messages: { readonly text: string; readonly atMs: number }[] = [];
  #from = 0;
  #bytes = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  add(text: string): void {
    this.#messages.push({ text, atMs: this.#clock.now() });
    this.#bytes += text.length;
    this.#trim();
  }

  /** Oldest first. */
  texts(): readonly string[] {
    this.#trim();
    return this.#messages.slice(this.#from).map(({ text }) => text);
  }

  #trim(): void {
    const oldestMs = this.#clock.now() - AGE_MS_MAX;
    for (let oldest = this.#messages[this.#from]; oldest !== undefined; oldest = this.#messages[this.#from]) {
      if (oldest.atMs >= oldestMs && this.#bytes <= BYTES_MAX) break;
      this.#bytes -= oldest.text.length;
      this.#from++;
    }
    if (this.#from <= DROPPED_MAX) return;
    this.#messages = this.#messages.slice(this.#from);
    this.#from = 0;
  }
}
