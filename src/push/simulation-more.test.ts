import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Even seeds here, odd ones in simulation.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults, more of them', () =>
  runSeeds(2, 2, { countMin: 1_000, countMax: 1_250, timeMs: 75_000 }));

test.run();
