import { parseArgs } from 'node:util';
import { differenceOf } from '../src/push/simulation/compare-transports.ts';
import { describeFailure, withArena } from '../src/push/simulation/simulate.ts';

const help = `Usage: npm run simulate -- --seed N [--verbose] | --seeds FROM..TO [--stop] [--transport Git|Quick | --compare]

Drives the Git engine through what a seed says: changes, pushes of others, faults, crashes. Prints what is wrong.

  --transport  Git: git alone answers. Quick: what answers as git does, in this process; by default, most seeds use it.
  --compare    Runs each seed with both, and prints where they differ.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    stop: { type: 'boolean' },
    transport: { type: 'string' },
    compare: { type: 'boolean' },
    verbose: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const [from, to] = (values.seeds ?? `${values.seed}..${values.seed}`).split('..').map(Number);
const { transport } = values;
const isTransport = transport === undefined || transport === 'Git' || transport === 'Quick';
if (values.help || !isTransport || from === undefined || to === undefined || Number.isNaN(from + to)) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}

let failed = 0;
let steps = 0;
const startedAt = performance.now();
await withArena(async (arena) => {
  for (let seed = from; seed <= to; seed += 1) {
    if (values.compare) {
      const difference = await differenceOf(arena, seed);
      if (difference !== null) process.stdout.write(`${difference}\n`);
      failed += difference === null ? 0 : 1;
      continue;
    }
    const result = await arena.run(seed, transport === undefined ? {} : { transport });
    steps += result.steps;
    if (result.problems.length > 0) {
      failed += 1;
      process.stdout.write(
        values.verbose || values.stop
          ? `${describeFailure(result)}\n`
          : `Seed ${seed}: ${result.problems.join('; ')}\n`,
      );
      if (values.stop) break;
    } else if (values.verbose) process.stdout.write(`${result.trace.join('\n')}\n`);
  }
});
const count = to - from + 1;
const ms = performance.now() - startedAt;
process.stdout.write(
  `${count} runs, ${failed} failed, ${(ms / count).toFixed(0)} ms and ${(steps / count).toFixed(0)} steps a run\n`,
);
process.exit(failed === 0 ? 0 : 1);
