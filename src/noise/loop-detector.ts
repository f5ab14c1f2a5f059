import { noiseLimits, quietMs } from './noise-limits.ts';

/** One change of one file. */
export interface LoopStep {
  /** Tells its content from others. */
  readonly digest: string;
  readonly writer: string;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/**
 * Recognises, for one file, two writers that undo each other.
 *
 * An alternation is a change back to one of the last few contents by another writer than the change before. Writers
 * loop once they alternated `loopAlternations` times in a row within `loopWindowMs`: anything in between that is new
 * (a content, or a third writer) begins anew. It ends with something new, or by `rest`.
 */
export class LoopDetector {
  /** Newest first. */
  #contents: readonly string[] = [];
  #lastWriter: string | undefined;
  #lastAtMs = 0;
  #writers: readonly string[] = [];
  #alternatedAtMs: readonly number[] = [];
  #endedAtMs = Number.NEGATIVE_INFINITY;
  #isLooping = false;

  get isLooping(): boolean {
    return this.#isLooping;
  }

  /** The two that undo each other. */
  get writers(): readonly string[] {
    return this.#writers;
  }

  /** How long nothing may change until the loop counts as over. */
  get quietMs(): number {
    const times = this.#alternatedAtMs;
    return quietMs(Math.max(0, ...times.slice(1).map((atMs, index) => atMs - (times[index] as number))));
  }

  /** Take a change; is it part of a loop? */
  observe({ digest, writer, atMs }: LoopStep): boolean {
    if (digest === this.#contents[0]) return this.#isLooping;
    const isKnown = this.#contents.includes(digest);
    const isOther = writer !== this.#lastWriter;
    this.#contents = [digest, ...this.#contents.filter((one) => one !== digest)].slice(
      0,
      noiseLimits.loopContentsMax,
    );
    this.#lastWriter = writer;
    this.#lastAtMs = atMs;
    const isOneOfTwo = this.#writers.includes(writer) || this.#writers.length < 2;
    if (!isKnown || !isOneOfTwo) {
      this.rest();
      this.#writers = [writer];
      return false;
    }
    if (!this.#writers.includes(writer)) this.#writers = [...this.#writers, writer];
    if (isOther) this.#alternate(atMs);
    return this.#isLooping;
  }

  /** Nothing changed for long enough: what comes begins anew. */
  rest(): void {
    if (this.#isLooping) this.#endedAtMs = this.#lastAtMs;
    this.#isLooping = false;
    this.#alternatedAtMs = [];
  }

  #alternate(atMs: number): void {
    const { loopWindowMs, loopTimesMax, loopAlternations, loopAlternationsAgain } = noiseLimits;
    this.#alternatedAtMs = [...this.#alternatedAtMs.filter((one) => atMs - one <= loopWindowMs), atMs].slice(
      -loopTimesMax,
    );
    const isAgain = atMs - this.#endedAtMs <= loopWindowMs;
    if (this.#alternatedAtMs.length >= (isAgain ? loopAlternationsAgain : loopAlternations))
      this.#isLooping = true;
  }
}
