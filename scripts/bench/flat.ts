import { checkEachIsCommitted, latencyOf } from './arrivals.ts';
import { withBenchCluster } from './bench-cluster.ts';
import { followBranch } from './follow-branch.ts';
import { operatorMemory } from './processes.ts';
import { type Measured, number, time } from './table.ts';
import { textOf, type Write, writeAll } from './writes.ts';

const VALUE_BYTES = 200;
const ARRIVAL_TIMEOUT_MS = 300_000;

/** The worst case of a tree: everything in one folder, so that every commit has a tree of all the names. */
export async function measureFlat(objects: number, changes: number, writers: number): Promise<Measured> {
  let measured: Measured = { rows: [], raw: {} };
  await withBenchCluster(async ({ scenario, makeNamespaces, capture, people }) => {
    const write = (operation: Write['operation'], at: number): Write => ({
      operation,
      namespace: 'flat',
      name: `flat-${at}`,
      value: textOf(VALUE_BYTES, `${at} by ${operation}`),
      by: people[at % 2] as never,
    });
    await makeNamespaces(['flat']);
    await writeAll(
      Array.from({ length: objects }, (_, at) => write('CREATE', at)),
      writers,
    );
    await capture({ remote: scenario.remote, names: ['flat-*'], minInterval: '0s' });
    const following = await followBranch(scenario.remote, 'main', { lookEveryMs: 10 });
    const startedAt = performance.now();
    const answeredAt = await writeAll(
      Array.from({ length: changes }, (_, at) => write('UPDATE', at)),
      writers,
    );
    const acceptedAt = performance.now();
    const allThereAt = await following.until(changes, ARRIVAL_TIMEOUT_MS);
    const arrivals = await following.end();
    checkEachIsCommitted(answeredAt, arrivals);
    const latency = latencyOf(answeredAt, arrivals);
    const memory = await operatorMemory();
    const afterMs = Math.max(0, allThereAt - acceptedAt);
    measured = {
      rows: [
        {
          what: `One namespace with ${number(objects)} ConfigMaps, ${number(changes)} updates: until accepted`,
          figure: time(acceptedAt - startedAt),
        },
        { what: '… until all are on the remote, after the last write', figure: time(afterMs) },
        {
          what: "… from a write's answer to its commit on the remote",
          figure: `p50 ${time(latency.p50)}, p99 ${time(latency.p99)}`,
        },
        { what: '… memory of the operator, at most', figure: `${memory.peakMb} MB`, target: '≤ 250 MB' },
      ],
      raw: { objects, changes, acceptedMs: acceptedAt - startedAt, afterMs, latency, memory },
    };
  });
  return measured;
}
