import { makeBareRemote } from '../../src/testing/bare-remote.ts';
import { checkEachIsCommitted, type Latency, latencyOf } from './arrivals.ts';
import { withBenchCluster } from './bench-cluster.ts';
import { followBranch } from './follow-branch.ts';
import { type Measured, time } from './table.ts';
import { textOf, type Write, writeSteadily } from './writes.ts';

const WRITES_PER_SECOND = 5;
const WARM_UP_WRITES = 15;
const VALUE_BYTES = 900;
const ARRIVAL_TIMEOUT_MS = 60_000;
const INTERVALS = ['0s', '1s'] as const;

/** From a write's answer to its commit on the remote, at five writes a second. */
export async function measureLatency(seconds: number): Promise<Measured> {
  const latencies: Record<string, Latency> = {};
  await withBenchCluster(async ({ makeNamespaces, capture, release, people }) => {
    await makeNamespaces(['bench']);
    for (const minInterval of INTERVALS) {
      const remote = await makeBareRemote();
      try {
        const name = `every-${minInterval}`;
        await capture({ remote, names: [`${name}-*`], minInterval, name });
        const following = await followBranch(remote, 'main', { lookEveryMs: 2 });
        const writes = Array.from(
          { length: seconds * WRITES_PER_SECOND + WARM_UP_WRITES },
          (_, at): Write => ({
            operation: 'CREATE',
            namespace: 'bench',
            name: `${name}-${at}`,
            value: textOf(VALUE_BYTES, `${at}`),
            by: people[at % 2] as never,
          }),
        );
        const answeredAt = await writeSteadily(writes, WRITES_PER_SECOND);
        await following.until(writes.length, ARRIVAL_TIMEOUT_MS);
        const arrivals = await following.end();
        checkEachIsCommitted(answeredAt, arrivals);
        latencies[minInterval] = latencyOf(new Map([...answeredAt].slice(WARM_UP_WRITES)), arrivals);
        await release(name);
      } finally {
        await remote.remove();
      }
    }
  });
  const targets: Readonly<Record<string, string>> = { '0s': 'p50 ≤ 250 ms, p99 ≤ 1 s' };
  const rows = Object.entries(latencies).map(([interval, { p50, p90, p99 }]) => ({
    what: `${WRITES_PER_SECOND} writes/s, \`minInterval: ${interval}\`: from a write's answer to its commit on the remote`,
    figure: `p50 ${time(p50)}, p90 ${time(p90)}, p99 ${time(p99)}`,
    ...(targets[interval] === undefined ? {} : { target: targets[interval] }),
  }));
  return { rows, raw: { writesPerSecond: WRITES_PER_SECOND, seconds, latencies } };
}
