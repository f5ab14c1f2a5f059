import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFakeClock } from '../fake-clock-fixture.ts';
import { Launcher } from './launcher.ts';
import type { BrokenEngine } from './operator.ts';
import { makeTemplate } from './remote.ts';
import { type SimulationResult, World } from './world.ts';

/** A place for the repositories of many runs: in memory where the system has such a folder. */
export interface Arena {
  /** @param length Default: as the seed says. */
  run(seed: number, broken?: BrokenEngine, length?: 'Short' | 'Long'): Promise<SimulationResult>;
}

/** Calls `use` with an arena, and removes all of it afterwards. */
export async function withArena<T>(use: (arena: Arena) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gitops-reverser-simulation-'),
  );
  try {
    const template = join(dir, 'template.git');
    await makeTemplate(template);
    const launcher = await Launcher.create(join(dir, 'commands'));
    const result = await use({
      run: (seed, broken = {}, length = undefined) =>
        withFakeClock(async (clock) => {
          const here = join(dir, `seed-${seed}`);
          mkdirSync(here);
          try {
            return await new World({ seed, dir: here, template, launcher, clock, broken, length }).run();
          } finally {
            rmSync(here, { recursive: true, force: true });
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
export function describeFailure({ seed, problems, trace }: SimulationResult): string {
  return [
    `Seed ${seed} fails:`,
    ...problems.map((problem) => `  ${problem}`),
    'What happened:',
    ...trace.map((line) => `  ${line}`),
    `To see it again: npm run simulate -- --seed ${seed} --verbose`,
  ].join('\n');
}
