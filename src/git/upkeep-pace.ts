import { gitLimits } from './git-limits.ts';

/** Tells when to roll up packs: not while a burst writes one after the other, unless they get too many. */
export interface UpkeepPace {
  /** A pack was written. */
  wrote(): void;
  /** Nothing is told any more. */
  stop(): void;
}

/** `isDue` is called when it is time; it must not throw. */
export function createUpkeepPace(isDue: () => void): UpkeepPace {
  let packs = 0;
  let quiet: NodeJS.Timeout | undefined;
  let isStopped = false;

  function tell(): void {
    clearTimeout(quiet);
    quiet = undefined;
    packs = 0;
    isDue();
  }

  return {
    wrote() {
      packs += 1;
      if (isStopped || packs < gitLimits.packsPerRollUp) return;
      if (packs >= gitLimits.packsMax) tell();
      else if (quiet === undefined) quiet = setTimeout(tell, gitLimits.rollUpQuietMs).unref();
      else quiet.refresh();
    },
    stop() {
      isStopped = true;
      clearTimeout(quiet);
    },
  };
}
