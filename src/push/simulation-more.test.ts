import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Even seeds here, odd ones in simulation.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults, more of them', () =>
  runSeeds(2, 2, { countMin: 1_050, countMax: 1_500, timeMs: 40_000 }));

test.run();
