import { LoopDetector } from './loop-detector.ts';
import { noiseLimits } from './noise-limits.ts';
import { RecentMap } from './recent-map.ts';

/** Two writers, one of whom makes an object again whenever the other deletes it. */
export interface Recreation {
  readonly deletedBy: string;
  readonly createdBy: string;
}

interface File {
  readonly loop: LoopDetector;
  deletedBy: string;
  createdBy: string;
  lastAtMs: number;
  toldAtMs: number;
}

/**
 * Recognises objects that one writer deletes and another creates, again and again: as a loop of two contents, of which
 * one is that there is none. Nothing is held back for it. It is told once, and again when it goes on for an hour.
 */
export class Recreations {
  /** Only what was deleted; the one that was touched least recently is forgotten first. */
  readonly #files = new RecentMap<File>(noiseLimits.recreatedFilesMax);

  /** Take a deletion or a creation; returns whom to tell of. */
  observe(file: string, what: 'Deleted' | 'Created', writer: string, atMs: number): Recreation | undefined {
    const known = this.#files.use(file) ?? (what === 'Deleted' ? this.#add(file) : undefined);
    if (known === undefined) return undefined;
    if (known.loop.isLooping && atMs - known.lastAtMs > known.loop.quietMs) {
      known.loop.rest();
      known.toldAtMs = Number.NEGATIVE_INFINITY;
    }
    known.lastAtMs = atMs;
    if (what === 'Deleted') known.deletedBy = writer;
    else known.createdBy = writer;
    const isLoop = known.loop.observe({ digest: what, writer, atMs });
    if (!isLoop || atMs - known.toldAtMs < noiseLimits.loopWindowMs) return undefined;
    known.toldAtMs = atMs;
    return { deletedBy: known.deletedBy, createdBy: known.createdBy };
  }

  clear(): void {
    this.#files.clear();
  }

  #add(file: string): File {
    const known: File = {
      loop: new LoopDetector(),
      deletedBy: '',
      createdBy: '',
      lastAtMs: Number.NEGATIVE_INFINITY,
      toldAtMs: Number.NEGATIVE_INFINITY,
    };
    this.#files.set(file, known);
    return known;
  }
}
