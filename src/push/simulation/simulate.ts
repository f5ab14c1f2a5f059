import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFakeClock } from '../fake-clock-fixture.ts';
import { Launcher } from './launcher.ts';
import type { BrokenEngine } from './operator.ts';
import type { Programs } from './programs.ts';
import { QuickGit } from './quick-git/quick-git.ts';
import { emptyClone, emptyRemote } from './remote.ts';
import { World, type WorldResult } from './world.ts';

/** `Git`: by git alone. `Quick`: in this process, by what answers as git does; see QuickGit. */
export type Transport = 'Git' | 'Quick';

export interface SimulationResult extends WorldResult {
  readonly transport: Transport;
}

/** A place for the repositories of many runs: in memory where the system has such a folder. */
export interface Arena {
  run(seed: number, how?: HowToRun): Promise<SimulationResult>;
}

export interface HowToRun {
  readonly broken?: BrokenEngine;
  /** Default: as the seed says. */
  readonly length?: 'Short' | 'Long';
  /** Default: `transportOf` the seed. */
  readonly transport?: Transport;
  /** Sees all that programs are asked and answer; then packs, too, are those that git would make. */
  readonly listen?: (programs: Programs) => Programs;
}

/** Of forty seeds that follow one another, an even and an odd one for which nothing but git itself answers for git. */
const GIT_OF_FORTY: readonly number[] = [0, 11];

export function transportOf(seed: number): Transport {
  return GIT_OF_FORTY.includes(seed % 40) ? 'Git' : 'Quick';
}

/** Folders of runs that are over are removed together. */
const RUNS_PER_REMOVAL = 20;

/** Calls `use` with an arena, and removes all of it afterwards. */
export async function withArena<T>(use: (arena: Arena) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gitops-reverser-simulation-'),
  );
  try {
    const template = await emptyRemote(join(dir, 'remote.git'));
    const empty = await emptyClone(join(dir, 'clone.git'));
    const launcher = await Launcher.create(join(dir, 'commands'));
    const over = join(dir, 'over');
    mkdirSync(over);
    let runs = 0;
    const result = await use({
      run: (seed, { broken = {}, length, transport = transportOf(seed), listen } = {}) =>
        withFakeClock(async (clock) => {
          const here = join(dir, `seed-${seed}`);
          mkdirSync(here);
          const programsFor = (rollsUp: boolean) => {
            const leavesFetches = rollsUp && listen !== undefined;
            const quick = () => new QuickGit({ real: launcher, empty, leavesFetches });
            const programs = transport === 'Git' ? launcher : quick();
            return listen === undefined ? programs : listen(programs);
          };
          try {
            const world = new World({ seed, dir: here, template, programsFor, clock, broken, length });
            return { ...(await world.run()), transport };
          } finally {
            renameSync(here, join(over, String(runs)));
            runs += 1;
            // One program for many is far quicker.
            if (runs % RUNS_PER_REMOVAL === 0)
              launcher.run(['find', '.', '-mindepth', '1', '-delete'], {
                cwd: over,
                env: { PATH: process.env.PATH },
              });
          }
        }),
    });
    launcher.close();
    return result;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A failed run in words, with what is needed to see it again. */
export function describeFailure({ seed, transport, problems, trace }: SimulationResult): string {
  return [
    `Seed ${seed} fails (transport ${transport}):`,
    ...problems.map((problem) => `  ${problem}`),
    'What happened:',
    ...trace.map((line) => `  ${line}`),
    `To see it again: npm run simulate -- --seed ${seed} --transport ${transport} --verbose`,
  ].join('\n');
}
