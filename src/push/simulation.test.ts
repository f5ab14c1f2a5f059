import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Odd seeds here, even ones in simulation-more.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults', async () => {
  const count = await runSeeds(1, 2, { countMax: 2_000, countMin: 50, timeMs: 40_000 });
  process.stdout.write(`${count} seeds\n`);
});

test.run();
