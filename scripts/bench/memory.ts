import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BareRemote, makeBareRemote } from '../../src/testing/bare-remote.ts';
import { type BenchCluster, type Person, withBenchCluster } from './bench-cluster.ts';
import { type Following, followBranch } from './follow-branch.ts';
import { operatorMemory } from './processes.ts';
import { type Measured, median, number, type Row, time } from './table.ts';
import { textOf, type Write, writeAll } from './writes.ts';

/** How a restart finds its place. */
const RESTARTS = {
  kept: 'from cursors, data folder kept',
  wiped: 'from cursors, data folder wiped',
  compared: 'by comparing (cursor ref and data folder gone)',
} as const;
type Restart = keyof typeof RESTARTS;

interface Size {
  readonly objects: number;
  /** From the rule to `Ready`: the snapshot is on the remote. */
  readonly snapshotMs: number;
  readonly snapshotPeakMb: number;
  readonly settledMb: number;
  readonly restarts: Readonly<Record<Restart, readonly Restarted[]>>;
}

interface Restarted {
  /** Until `/readyz` was 200. */
  readonly readyMs: number;
  /** Until a change that was made while the operator was down was on the remote. */
  readonly caughtUpMs: number;
  readonly peakMb: number;
  readonly settledMb: number;
}

const NAMESPACES = Array.from({ length: 20 }, (_, at) => `bench-${at}`);
const VALUE_BYTES = 4_500;
/** Memory that nobody uses any more is given back within this time or not at all. */
const SETTLE_MS = 4_000;
const CAUGHT_UP_TIMEOUT_MS = 120_000;
const TARGETS = { objects: 50_000, memoryMb: 250, readyMs: 2_000 };

/** Memory, and time to `/readyz` after a restart, by the number of watched objects of 5 KB. The cluster grows. */
export async function measureMemory(
  sizes: readonly number[],
  rounds: number,
  writers: number,
): Promise<Measured> {
  const measured: Size[] = [];
  await withBenchCluster(async (cluster) => {
    await cluster.makeNamespaces(NAMESPACES);
    let made = 0;
    for (const objects of sizes) {
      await grow(cluster, made, objects, writers);
      made = objects;
      const remote = await makeBareRemote();
      try {
        measured.push(await measureSize(cluster, remote, objects, rounds));
      } finally {
        await remote.remove();
      }
    }
  });
  return { rows: measured.flatMap(rowsOf), raw: measured };
}

async function measureSize(
  cluster: BenchCluster,
  remote: BareRemote,
  objects: number,
  rounds: number,
): Promise<Size> {
  const { scenario, capture, release } = cluster;
  await scenario.restart();
  const begunAt = performance.now();
  await capture({ remote, names: ['object-*'], minInterval: '0s' });
  const snapshotMs = performance.now() - begunAt;
  const snapshotPeakMb = (await operatorMemory()).peakMb;
  await settle();
  const settledMb = (await operatorMemory()).nowMb;
  const restarts: Record<Restart, Restarted[]> = { kept: [], wiped: [], compared: [] };
  for (let round = 0; round < rounds; round++) {
    for (const how of Object.keys(RESTARTS) as Restart[])
      restarts[how].push(await restart(cluster, remote, how));
  }
  await release();
  return { objects, snapshotMs, snapshotPeakMb, settledMb, restarts };
}

/** A change is made while the operator is down: when it is on the remote, everything works again. */
async function restart(
  { scenario, people }: BenchCluster,
  remote: BareRemote,
  how: Restart,
): Promise<Restarted> {
  let startedAt = 0;
  let following: Following | undefined;
  await scenario.restart({
    meanwhile: async () => {
      if (how === 'compared') await removeCursors(remote);
      if (how !== 'kept') await rm(join(scenario.folder.path, 'data'), { recursive: true, force: true });
      const name = `object-${crypto.randomUUID()}`;
      const by = people[0] as Person;
      await writeAll([{ operation: 'CREATE', namespace: 'bench-0', name, value: 'missed', by }], 1);
      following = await followBranch(remote, 'main', { lookEveryMs: 10 });
      startedAt = performance.now();
    },
  });
  // From the start of the process: node, the bundle, discovery, certificates and registration are part of it.
  const readyMs = performance.now() - startedAt;
  const caughtUpMs = ((await following?.until(1, CAUGHT_UP_TIMEOUT_MS)) ?? Number.NaN) - startedAt;
  await following?.end();
  await settle();
  const { nowMb, peakMb } = await operatorMemory();
  return { readyMs, caughtUpMs, peakMb, settledMb: nowMb };
}

/** Every ref but the branches: the cursors are in one of them. */
async function removeCursors(remote: BareRemote): Promise<void> {
  for (const ref of Object.keys(await remote.refs()))
    if (!ref.startsWith('refs/heads/')) await remote.git('update-ref', '-d', ref);
}

async function grow({ people }: BenchCluster, from: number, to: number, writers: number): Promise<void> {
  const writes = Array.from({ length: to - from }, (_, at): Write => {
    const name = `object-${from + at}`;
    return {
      operation: 'CREATE',
      name,
      namespace: NAMESPACES[at % NAMESPACES.length] as string,
      value: textOf(VALUE_BYTES, name),
      by: people[at % 2] as never,
    };
  });
  await writeAll(writes, writers);
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function rowsOf({ objects, snapshotMs, snapshotPeakMb, settledMb, restarts }: Size): readonly Row[] {
  const all = Object.values(restarts).flat();
  const mostMb = Math.max(snapshotPeakMb, ...all.map(({ peakMb }) => peakMb));
  const isTarget = objects === TARGETS.objects;
  return [
    {
      what: `${number(objects)} objects of 5 KB: memory, settled`,
      figure: `${settledMb} MB after the snapshot, ${median(all.map((one) => one.settledMb))} MB after a restart`,
    },
    { what: '… time to the snapshot on the remote', figure: time(snapshotMs) },
    {
      what: '… at most (during the snapshot or a restart)',
      figure: `${mostMb} MB`,
      ...(isTarget ? { target: `≤ ${TARGETS.memoryMb} MB` } : {}),
    },
    ...(Object.keys(RESTARTS) as Restart[]).map((how) => ({
      what: `… time to ready ${RESTARTS[how]}`,
      figure: `${time(median(restarts[how].map(({ readyMs }) => readyMs)))}; a change made meanwhile on the remote after ${time(median(restarts[how].map(({ caughtUpMs }) => caughtUpMs)))}`,
      ...(isTarget && how !== 'compared' ? { target: `≤ ${time(TARGETS.readyMs)}` } : {}),
    })),
  ];
}
