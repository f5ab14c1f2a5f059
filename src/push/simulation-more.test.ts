import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Even seeds here, odd ones in simulation.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults, more of them', async () => {
  const count = await runSeeds(2, 2, { countMax: 2_000, countMin: 50, timeMs: 40_000 });
  process.stdout.write(`${count} seeds\n`);
});

test.run();
