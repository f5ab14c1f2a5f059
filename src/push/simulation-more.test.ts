import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Even seeds here, odd ones in simulation.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults, more of them', () =>
  runSeeds(2, 2, { countMin: 300, countMax: 1_500, timeMs: 60_000 }));

test.run();
