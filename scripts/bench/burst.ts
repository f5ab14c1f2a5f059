import { checkEachIsCommitted, type Latency, latencyOf } from './arrivals.ts';
import { type BenchCluster, meanPushMs, requestsAnswered, withBenchCluster } from './bench-cluster.ts';
import { followBranch } from './follow-branch.ts';
import { type CpuByProgram, cpuBetween, cpuByProgram, operatorMemory } from './processes.ts';
import { type Measured, median, number, type Row, time } from './table.ts';
import { type AnsweredAt, textOf, type Write, writeAll } from './writes.ts';

interface Burst {
  readonly createsMs: number;
  readonly updatesMs: number;
  readonly cpuMs: CpuByProgram;
  /** What the API server was asked beside the writes: leases, statuses, Events. */
  readonly otherRequests: Readonly<Record<string, number>>;
}

interface CapturedBurst extends Burst {
  readonly onRemoteMs: number;
  readonly meanPushMs: number;
  readonly latencyMs: Latency;
  readonly rssMb: number;
}

const NAMESPACES = Array.from({ length: 20 }, (_, at) => `bench-${at}`);
const VALUE_BYTES = 900;
/** Written before each block, and not counted: connections, caches and compilers warm up. */
const WARM_UP_WRITES = 400;
const ARRIVAL_TIMEOUT_MS = 300_000;
const WEBHOOKS = 'validatingwebhookconfigurations/gitops-reverser';

/**
 * Creates and then updates by two people over 20 namespaces, with the operator and without: with, without, without,
 * with. Without means that no operator runs and no webhook is registered. Every write has a fresh name, and with the
 * operator every write has to become one commit with its author.
 */
export async function measureBurst(count: number, writers: number): Promise<Measured> {
  const captured: CapturedBurst[] = [];
  const plain: Burst[] = [];
  await withBenchCluster(async (cluster) => {
    const { scenario, makeNamespaces, capture } = cluster;
    await makeNamespaces(NAMESPACES);
    await capture({ remote: scenario.remote, names: ['with-*'], minInterval: '0s' });
    captured.push(await captureBurst(cluster, 'with-1', count, writers));
    await scenario.restart({
      meanwhile: async () => {
        await scenario.kubectl('admin', ['delete', WEBHOOKS, '--wait']);
        plain.push(await plainBurst(cluster, 'without-1', count, writers));
        plain.push(await plainBurst(cluster, 'without-2', count, writers));
      },
    });
    await scenario.waitFor('default watchrule/bench');
    captured.push(await captureBurst(cluster, 'with-2', count, writers));
  });
  return { rows: rowsOf(captured, plain, count), raw: { count, writers, captured, plain } };
}

async function plainBurst(
  cluster: BenchCluster,
  name: string,
  count: number,
  writers: number,
): Promise<Burst> {
  await writeAll(writesOf(cluster, `${name}-warm`, 'CREATE', WARM_UP_WRITES), writers);
  return (await burst(cluster, name, count, writers)).burst;
}

async function captureBurst(
  cluster: BenchCluster,
  name: string,
  count: number,
  writers: number,
): Promise<CapturedBurst> {
  const { remote } = cluster.scenario;
  const warming = await followBranch(remote, 'main', { lookEveryMs: 20 });
  await writeAll(writesOf(cluster, `${name}-warm`, 'CREATE', WARM_UP_WRITES), writers);
  await warming.until(WARM_UP_WRITES, ARRIVAL_TIMEOUT_MS);
  await warming.end();
  const following = await followBranch(remote, 'main', { lookEveryMs: 10 });
  const startedAt = performance.now();
  const { burst: made, answeredAt } = await burst(cluster, name, count, writers);
  const onRemoteMs = (await following.until(2 * count, ARRIVAL_TIMEOUT_MS)) - startedAt;
  const arrivals = await following.end();
  checkEachIsCommitted(answeredAt, arrivals);
  return {
    ...made,
    onRemoteMs,
    meanPushMs: await meanPushMs(cluster.scenario),
    latencyMs: latencyOf(answeredAt, arrivals),
    rssMb: (await operatorMemory()).peakMb,
  };
}

async function burst(
  cluster: BenchCluster,
  name: string,
  count: number,
  writers: number,
): Promise<{ readonly burst: Burst; readonly answeredAt: AnsweredAt }> {
  const asked = await requestsAnswered(cluster.scenario);
  const before = await cpuByProgram();
  const startedAt = performance.now();
  const created = await writeAll(writesOf(cluster, name, 'CREATE', count), writers);
  const createdAt = performance.now();
  const updated = await writeAll(writesOf(cluster, name, 'UPDATE', count), writers);
  const updatedAt = performance.now();
  const cpuMs = cpuBetween(before, await cpuByProgram());
  const answered = await requestsAnswered(cluster.scenario);
  const otherRequests = Object.fromEntries(
    Object.entries(answered).flatMap(([request, sum]) => {
      const more = sum - (asked[request] ?? 0);
      return more === 0 || / configmaps$/.test(request) ? [] : [[request, more]];
    }),
  );
  return {
    burst: { createsMs: createdAt - startedAt, updatesMs: updatedAt - createdAt, cpuMs, otherRequests },
    answeredAt: new Map([...created, ...updated]),
  };
}

function writesOf(
  { people }: BenchCluster,
  prefix: string,
  operation: Write['operation'],
  count: number,
): readonly Write[] {
  return Array.from({ length: count }, (_, at) => {
    const name = `${prefix}-${at}`;
    return {
      operation,
      name,
      namespace: NAMESPACES[at % NAMESPACES.length] as string,
      value: textOf(VALUE_BYTES, `${name} by ${operation}`),
      // Not always the same person for the same namespace, nor for the same object.
      by: people[(Math.floor(at / NAMESPACES.length) + (operation === 'UPDATE' ? at : 0)) % 2] as never,
    };
  });
}

const acceptedMs = ({ createsMs, updatesMs }: Burst) => createsMs + updatesMs;

function rowsOf(captured: readonly CapturedBurst[], plain: readonly Burst[], count: number): readonly Row[] {
  const middle = <T>(all: readonly T[], of: (one: T) => number) => median(all.map(of));
  const withMs = middle(captured, acceptedMs);
  const pushMs = middle(captured, (one) => one.meanPushMs);
  const late = middle(captured, (one) => one.onRemoteMs);
  const ratios = (of: (one: Burst) => number) => number(middle(captured, of) / middle(plain, of));
  const allowedMs = 1.15 * withMs + pushMs;
  const latency = (of: (one: Latency) => number) => time(middle(captured, (one) => of(one.latencyMs)));
  const cpu = (all: readonly Burst[], program: string) =>
    number(middle(all, (one) => one.cpuMs[program] ?? 0) / (2 * count));
  const total = (all: readonly Burst[]) =>
    middle(all, ({ cpuMs }) => Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0)) / (2 * count);
  const programs = ['kube-apiserver', 'etcd', 'writers', 'operator', 'operator git', 'remote'];
  return [
    {
      what: `${number(count)} creates and ${number(count)} updates: until the API server had accepted all`,
      figure: `${time(withMs)} (${number((2_000 * count) / withMs)} writes/s)`,
    },
    {
      what: '… until each was a commit of its own, with its author, on the remote',
      figure: `${time(late)}, ${number(late / withMs)} times; a push takes ${time(pushMs)}`,
      target: `≤ 1.15 times and one push: ${time(allowedMs)}`,
    },
    {
      what: '… accepted, against the same writes with no operator running',
      figure: `${ratios(acceptedMs)} times (creates ${ratios((one) => one.createsMs)}, updates ${ratios((one) => one.updatesMs)})`,
      target: '≤ 1.6',
    },
    {
      what: "… from a write's answer to its commit on the remote",
      figure: `p50 ${latency((one) => one.p50)}, p90 ${latency((one) => one.p90)}, p99 ${latency((one) => one.p99)}`,
    },
    {
      what: '… processor time per write, of all programs',
      figure: `${number(total(captured))} ms against ${number(total(plain))} ms without operator: ${number(total(captured) / total(plain))} times`,
    },
    ...programs.map((program) => ({
      what: `… processor time per write: ${program}`,
      figure: `${cpu(captured, program)} ms (${cpu(plain, program)} ms without operator)`,
    })),
    { what: '… memory of the operator, at most', figure: `${middle(captured, (one) => one.rssMb)} MB` },
  ];
}
