/** Numbers from 0 up to, but not including, `max`; the same for the same seed. */
export type Random = (max: number) => number;

/** A linear congruential generator: enough to choose moments and names with. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

/** The seed of this run: `GITOPS_REVERSER_TEST_SEED`, or another one each time. Printed, so that a run can be repeated. */
export function printedSeed(): number {
  const seed = Number(process.env.GITOPS_REVERSER_TEST_SEED ?? Date.now() % 1_000_000);
  process.stdout.write(`seed ${seed} (GITOPS_REVERSER_TEST_SEED repeats its choices)\n`);
  return seed;
}
