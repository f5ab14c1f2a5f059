import type { Manifest } from '../sanitize/manifest.ts';
import { changedFields } from './changed-fields.ts';
import { noiseLimits, quietMs } from './noise-limits.ts';
import type { Writer } from './writer.ts';

/** One change of one object. */
export interface FlapStep {
  readonly manifest: Manifest;
  readonly writer: Writer;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly atMs: number;
}

/**
 * Recognises, for one object, a program that rewrites the same fields again and again.
 *
 * An object flaps once one and the same program changed nothing but the same few fields `flapChanges` times in a row
 * and over at least `flapSpreadMs`, never more than `flapGapMsMax` apart. Before it does, anybody else's change begins
 * anew. While it does, other changes are none of it, and it goes on beside them until `rest`.
 */
export class FlapDetector {
  readonly #writer: string;
  #previous: Manifest;
  #fields: ReadonlySet<string> = new Set();
  #sinceMs: number;
  #lastAtMs: number;
  #count = 0;
  #longestGapMs = 0;
  #isFlapping = false;

  constructor({ manifest, writer, atMs }: FlapStep) {
    this.#writer = writer.name;
    this.#previous = manifest;
    this.#sinceMs = atMs;
    this.#lastAtMs = atMs;
  }

  get isFlapping(): boolean {
    return this.#isFlapping;
  }

  get writer(): string {
    return this.#writer;
  }

  /** What is rewritten, as paths that `excludeFields` takes. */
  get fields(): readonly string[] {
    return [...this.#fields].sort();
  }

  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  /** How long nothing may change until the object counts as quiet. */
  get quietMs(): number {
    return quietMs(this.#longestGapMs);
  }

  /** Take a change: is it flapping (`Noise`), or of its own (`News`), or does this end what was seen so far (`Over`)? */
  observe({ manifest, writer, atMs }: FlapStep): 'Noise' | 'News' | 'Over' {
    const changed = changedFields(this.#previous, manifest, noiseLimits.flapFieldsMax);
    this.#previous = manifest;
    if (writer.name !== this.#writer) return this.#isFlapping ? 'News' : 'Over';
    const gapMs = Math.max(0, atMs - this.#lastAtMs);
    this.#lastAtMs = Math.max(atMs, this.#lastAtMs);
    if (gapMs > noiseLimits.flapGapMsMax || changed === undefined) return 'Over';
    const isSame = [...changed].every((field) => this.#fields.has(field));
    if (this.#isFlapping && !isSame) return 'News';
    if (isSame) this.#count++;
    else this.#beginWith(changed, atMs);
    if (this.#count > 1) this.#longestGapMs = Math.max(this.#longestGapMs, gapMs);
    this.#isFlapping ||=
      this.#count >= noiseLimits.flapChanges && atMs - this.#sinceMs >= noiseLimits.flapSpreadMs;
    return this.#isFlapping ? 'Noise' : 'News';
  }

  /** Nothing changed for long enough: what comes begins anew. */
  rest(): void {
    this.#isFlapping = false;
    this.#count = 0;
    this.#fields = new Set();
    this.#longestGapMs = 0;
  }

  #beginWith(changed: ReadonlySet<string>, atMs: number): void {
    const all = new Set([...this.#fields, ...changed]);
    this.#fields = all.size <= noiseLimits.flapFieldsMax ? all : changed;
    this.#sinceMs = atMs;
    this.#count = 1;
    this.#longestGapMs = 0;
  }
}
