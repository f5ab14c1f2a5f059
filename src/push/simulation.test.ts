import { test } from 'uvu';
import { runSeeds } from './simulation/run-seeds.ts';

// Odd seeds here, even ones in simulation-more.test.ts: two processes, two cores.
test('BranchWorker keeps its promises through random interleavings and faults', () =>
  runSeeds(1, 2, { countMin: 1_050, countMax: 1_500, timeMs: 40_000 }));

test.run();
