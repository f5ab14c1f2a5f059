import { FlapDetector, type FlapStep } from './flap-detector.ts';
import { LoopDetector } from './loop-detector.ts';
import { noiseLimits } from './noise-limits.ts';
import { RecentMap } from './recent-map.ts';

export const NOISE_REASONS = ['Loop', 'Flapping'] as const;
export type NoiseReason = (typeof NOISE_REASONS)[number];

/** Why changes of a file are held back. */
export interface Noise {
  /** `Loop`: two writers undo each other. `Flapping`: a program rewrites the same fields again and again. */
  readonly reason: NoiseReason;
  /** Both writers of a loop; the one who rewrites. */
  readonly writers: readonly string[];
  /** Of `Flapping`: what is rewritten, as paths that `excludeFields` takes. */
  readonly fields: readonly string[];
  /** Of `Flapping`: the longest pause between two of them so far, in milliseconds. */
  readonly gapMs: number;
}

/** What became of changes that got no commit of their own. */
export interface Folded {
  readonly noise: Noise;
  readonly changes: number;
  /** When the first of them happened, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

/** A change as the guard sees it; `kept` is what it takes to commit it later. */
export interface GuardedStep<T> extends FlapStep {
  readonly digest: string;
  /** Of its content. */
  readonly bytes: number;
  readonly kept: T;
}

export type Verdict =
  | { readonly kind: 'Commit'; readonly folded: Folded | undefined }
  /** `isNew`: nothing of this file was held just before. `replaces`: one that was held is folded into this one. */
  | { readonly kind: 'Hold'; readonly noise: Noise; readonly isNew: boolean; readonly replaces: boolean };

/** The newest change of a file, kept back. */
export interface Held<T> {
  readonly file: string;
  readonly kept: T;
  readonly noise: Noise;
  readonly bytes: number;
  /** Changes that this one stands for, itself included. */
  readonly changes: number;
  readonly sinceMs: number;
  readonly firstHeldAtMs: number;
  readonly heldAtMs: number;
  readonly quietMs: number;
}

interface File {
  readonly loop: LoopDetector;
  /** The program that wrote last, and when. */
  program: { readonly name: string; readonly atMs: number } | undefined;
  /** Its noise was told of and is not over. */
  isTold: boolean;
}

/**
 * Keeps changes that are only noise back: of each file the newest, until it may be committed. It holds digests of what
 * was committed, and contents only of what is held and of what may be about to flap; all of it is bounded, and what
 * is beyond the bounds is committed as if there were no noise. Deletions never come here: `drop` the file.
 */
export class NoiseGuard<T> {
  readonly #files = new RecentMap<File>(noiseLimits.filesMax);
  readonly #flaps = new RecentMap<FlapDetector>(noiseLimits.flapObjectsMax);
  readonly #held = new Map<string, Held<T>>();
  #heldBytes = 0;

  get held(): readonly Held<T>[] {
    return [...this.#held.values()];
  }

  /** Is this still what is held of its file? */
  isHeld(held: Held<T>): boolean {
    return this.#held.get(held.file) === held;
  }

  /** Take a change of a file; `nowMs` is when it came, which after a pause is later than when it happened. */
  judge(file: string, step: GuardedStep<T>, nowMs: number): Verdict {
    const known = this.#files.use(file) ?? this.#add(file);
    const isLoop = known.loop.observe({
      digest: step.digest,
      writer: step.writer.name,
      atMs: step.atMs,
    });
    const flap = this.#observeFlap(file, known, step);
    const noise = isLoop ? loopNoise(known.loop) : flap?.isNoise ? flapNoise(flap.detector) : undefined;
    const before = this.#held.get(file);
    if (noise === undefined || !this.#hasRoom(step.bytes, before)) {
      if (!flap?.detector.isFlapping) known.isTold = false;
      return { kind: 'Commit', folded: this.#fold(file) };
    }
    const isNew = !known.isTold;
    known.isTold = true;
    this.#keep({
      file,
      kept: step.kept,
      noise,
      bytes: step.bytes,
      changes: (before?.changes ?? 0) + 1,
      sinceMs: before?.sinceMs ?? step.atMs,
      firstHeldAtMs: before?.firstHeldAtMs ?? nowMs,
      heldAtMs: nowMs,
      quietMs: isLoop ? known.loop.quietMs : (flap?.detector.quietMs ?? 0),
    });
    return { kind: 'Hold', noise, isNew, replaces: before !== undefined };
  }

  /** What may be committed now: it was quiet for long enough, or it is time to say how things stand. */
  due(nowMs: number): readonly Held<T>[] {
    return this.held.filter(
      (held) =>
        isQuiet(held, nowMs) ||
        (held.noise.reason === 'Flapping' && nowMs - held.firstHeldAtMs >= noiseLimits.flapIntervalMs),
    );
  }

  /** What was held is committed now. Returns what is folded into it, and whether the noise is over. */
  release(held: Held<T>, nowMs: number): { readonly folded: Folded | undefined; readonly isOver: boolean } {
    this.#let(held.file);
    const isOver = isQuiet(held, nowMs);
    if (isOver) {
      const known = this.#files.get(held.file);
      known?.loop.rest();
      if (known !== undefined) known.isTold = false;
      this.#flaps.get(held.file)?.rest();
    }
    const { noise, changes, sinceMs } = held;
    return { folded: changes > 1 ? { noise, changes: changes - 1, sinceMs } : undefined, isOver };
  }

  /** The file is written or removed without being judged: what is known of it does not hold any more. */
  drop(file: string): Folded | undefined {
    this.#files.delete(file);
    this.#flaps.delete(file);
    return this.#fold(file);
  }

  /** Drop everything. */
  clear(): void {
    this.#files.clear();
    this.#flaps.clear();
    this.#held.clear();
    this.#heldBytes = 0;
  }

  #add(file: string): File {
    const known: File = { loop: new LoopDetector(), program: undefined, isTold: false };
    this.#files.set(file, known);
    return known;
  }

  #observeFlap(file: string, known: File, step: GuardedStep<T>) {
    const { writer, atMs, bytes } = step;
    const last = known.program;
    known.program = writer.isProgram ? { name: writer.name, atMs } : undefined;
    const detector = this.#flaps.use(file);
    if (detector !== undefined) {
      const seen = detector.observe(step);
      const isKept = seen !== 'Over' && bytes <= noiseLimits.flapObjectBytesMax;
      if (isKept) return { detector, isNoise: seen === 'Noise' };
      this.#flaps.delete(file);
    }
    // Only what a program wrote twice in short time may be about to flap.
    const isQuick =
      writer.isProgram && last?.name === writer.name && atMs - last.atMs <= noiseLimits.flapGapMsMax;
    if (isQuick && bytes <= noiseLimits.flapObjectBytesMax) this.#flaps.set(file, new FlapDetector(step));
    return undefined;
  }

  #hasRoom(bytes: number, before: Held<T> | undefined): boolean {
    const { heldMax, heldBytesMax } = noiseLimits;
    const isRoomForOne = before !== undefined || this.#held.size < heldMax;
    return isRoomForOne && this.#heldBytes - (before?.bytes ?? 0) + bytes <= heldBytesMax;
  }

  #keep(held: Held<T>): void {
    this.#let(held.file);
    this.#held.set(held.file, held);
    this.#heldBytes += held.bytes;
  }

  #let(file: string): void {
    this.#heldBytes -= this.#held.get(file)?.bytes ?? 0;
    this.#held.delete(file);
  }

  /** What was held is not committed: a later change stands for it. */
  #fold(file: string): Folded | undefined {
    const held = this.#held.get(file);
    this.#let(file);
    if (held === undefined) return undefined;
    const { noise, changes, sinceMs } = held;
    return { noise, changes, sinceMs };
  }
}

function isQuiet<T>({ heldAtMs, quietMs }: Held<T>, nowMs: number): boolean {
  return nowMs - heldAtMs >= quietMs;
}

function loopNoise({ writers }: LoopDetector): Noise {
  return { reason: 'Loop', writers: [...writers].sort(), fields: [], gapMs: 0 };
}

function flapNoise({ writer, fields, longestGapMs }: FlapDetector): Noise {
  return { reason: 'Flapping', writers: [writer], fields, gapMs: longestGapMs };
}
