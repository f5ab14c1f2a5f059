import type { Clock } from '../clock.ts';
import type { Target } from './target.ts';

/** What is held back is looked at this often. */
const CHECK_MS = 1_000;

export interface NoiseReleaseContext {
  readonly isGone: () => boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Commits what a target held back as noise, once it may be. Works only while something is held. */
export class NoiseRelease {
  readonly #target: Target;
  readonly #context: NoiseReleaseContext;
  #isRunning = false;

  constructor(target: Target, context: NoiseReleaseContext) {
    this.#target = target;
    this.#context = context;
  }

  /** Something is held. */
  begin(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    const { clock, signal, isGone } = this.#context;
    while (this.#target.noise.isHolding && !isGone()) {
      await clock.sleep(CHECK_MS, signal);
      if (!isGone()) await this.#target.releaseNoise('Due');
    }
    this.#isRunning = false;
  }
}
