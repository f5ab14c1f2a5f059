import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Odd seeds here, even ones in simulation-more.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults', () =>
  runSeeds(1, 2, { countMin: 1_000, countMax: 1_250, timeMs: 75_000 }));

test.run();
