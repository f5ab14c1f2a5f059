import { KubeClient } from '../../src/kube/client.ts';
import { openConnection } from '../../src/kube/connection.ts';
import { poll } from '../../src/testing/poll.ts';
import { gitRepoConfig, type Scenario, watchRule, withScenario } from '../../src/testing/scenario.ts';
import { percentile } from './percentile.ts';
import { type CpuByProgram, cpuBetween, cpuByProgram } from './processes.ts';
import { number, type Row } from './table.ts';

/** Write latencies in milliseconds. */
interface Latencies {
  readonly writes: number;
  readonly p50: number;
  readonly p99: number;
}

/** How much is written: each writer waits for its answer, then for the pause. */
export interface WriteLoad {
  readonly writers: number;
  readonly pauseMs: number;
}

/** The same writes with and without an admission review. */
export interface AdmissionCost extends WriteLoad {
  readonly without: Latencies;
  readonly with: Latencies;
  readonly ratio: { readonly p50: number; readonly p99: number };
  /** What a review costs each program, in milliseconds of processor time for each write. */
  readonly cpuMsOfReview: CpuByProgram;
}

const BLOCK_WRITES = 50;
const WARM_UP_ROUNDS = 2;
const PAYLOAD_BYTES = 5_000;
const NAMESPACES = ['with', 'without'] as const;
const MERGE = 'application/merge-patch+json';

/**
 * What a review costs a writer. One operator, one rule, two namespaces, one kind: all writes are watched, committed and
 * pushed alike, and the webhook's namespaceSelector leaves out one of the namespaces. Blocks of creates and patches
 * alternate between them (ABBA), so that whatever else the machine does meets both.
 */
export async function measureAdmission(
  rounds: number,
  loads: readonly WriteLoad[],
): Promise<AdmissionCost[]> {
  const costs: AdmissionCost[] = [];
  await withScenario(async (scenario) => {
    const { apply, controlPlane, kubectl, remote, waitFor } = scenario;
    for (const namespace of NAMESPACES) await kubectl('admin', ['create', 'namespace', namespace]);
    await apply('admin', gitRepoConfig(remote, { push: { minInterval: '1s' } }));
    const resources = [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['written-*'] }];
    await apply('admin', watchRule('bench', { resources }));
    await waitFor('default watchrule/bench');
    const client = new KubeClient(await openConnection(controlPlane.kubeconfig('alice@example.com')));
    await leaveOut(scenario, client);
    let next = 0;
    for (const load of loads) {
      const times = { with: [] as number[], without: [] as number[] };
      const before = await reviewsOf(scenario);
      const cpuMs: Record<(typeof NAMESPACES)[number], CpuByProgram[]> = { with: [], without: [] };
      for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
        for (const namespace of round % 2 === 0 ? NAMESPACES : NAMESPACES.toReversed()) {
          const cpuBefore = await cpuByProgram();
          const block = await writeBlock(client, namespace, load, () => next++);
          if (round < 0) continue;
          times[namespace].push(...block);
          cpuMs[namespace].push(cpuBetween(cpuBefore, await cpuByProgram()));
        }
      }
      const reviews = (await reviewsOf(scenario)) - before;
      const expected = (rounds + WARM_UP_ROUNDS) * BLOCK_WRITES;
      if (reviews !== expected) throw new Error(`${reviews} reviews instead of ${expected}`);
      const cpuMsOfReview = difference(cpuMs.with, cpuMs.without, times.with.length);
      costs.push({ ...compared(load, times.with, times.without), cpuMsOfReview });
    }
  });
  return costs;
}

/** Take one namespace out of the reviews, and the operator's right to mend that. */
async function leaveOut(scenario: Scenario, client: KubeClient): Promise<void> {
  const { apply, kubectl } = scenario;
  const rbac = 'rbac.authorization.k8s.io';
  const written = ['', 'configbutler.ai', 'events.k8s.io', 'authorization.k8s.io'];
  await apply('admin', {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'bench:operator' },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: written, resources: ['*'], verbs: ['*'] },
    ],
  });
  const binding = ['create', 'clusterrolebinding', 'bench:operator'];
  await kubectl('admin', [...binding, '--clusterrole=bench:operator', '--user=operator']);
  await kubectl('admin', ['delete', 'clusterrolebinding', 'example:operator']);
  const selector = {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['without'] }],
  };
  const patch = [{ op: 'add', path: '/webhooks/0/namespaceSelector', value: selector }];
  const configuration = 'validatingwebhookconfiguration/gitops-reverser';
  await kubectl('admin', ['patch', configuration, '--type=json', '-p', JSON.stringify(patch)]);
  const isReviewed = async (namespace: string) => {
    const before = await reviewsOf(scenario);
    await client.request('POST', pathOf(namespace), { body: object('probe'), query: { dryRun: 'All' } });
    return (await reviewsOf(scenario)) > before;
  };
  await poll(async () => (await isReviewed('with')) && !(await isReviewed('without')), {
    what: 'reviews of one namespace only',
  });
}

async function reviewsOf({ operator }: Scenario): Promise<number> {
  const text = await (await fetch(`${operator().statusUrl}/metrics`)).text();
  const counts = text.matchAll(
    /^gitops_reverser_review_duration_seconds_count\{[^}]*path="\/who"[^}]*\} (\d+)/gm,
  );
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Create objects and patch each once; returns the milliseconds of each write. */
async function writeBlock(
  client: KubeClient,
  namespace: string,
  { writers, pauseMs }: WriteLoad,
  nextNumber: () => number,
): Promise<number[]> {
  const times: number[] = [];
  let left = BLOCK_WRITES / 2;
  const timed = async (write: Promise<unknown>, startedAtMs = performance.now()) => {
    await write;
    times.push(performance.now() - startedAtMs);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  };
  const run = async () => {
    while (left-- > 0) {
      const name = `written-${nextNumber()}`;
      await timed(client.request('POST', pathOf(namespace), { body: object(name) }));
      const patch = { body: { data: { changed: name } }, contentType: MERGE };
      await timed(client.request('PATCH', `${pathOf(namespace)}/${name}`, patch));
    }
  };
  await Promise.all(Array.from({ length: writers }, run));
  return times;
}

const pathOf = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const object = (name: string) => ({ metadata: { name }, data: { value: 'x'.repeat(PAYLOAD_BYTES) } });

function difference(
  reviewed: readonly CpuByProgram[],
  plain: readonly CpuByProgram[],
  writes: number,
): CpuByProgram {
  const sum = (all: readonly CpuByProgram[], program: string) =>
    all.reduce((ms, one) => ms + (one[program] ?? 0), 0);
  return Object.fromEntries(
    ['kube-apiserver', 'operator', 'etcd', 'writers'].map((program) => [
      program,
      (sum(reviewed, program) - sum(plain, program)) / writes,
    ]),
  );
}

function compared(
  load: WriteLoad,
  reviewed: readonly number[],
  plain: readonly number[],
): Omit<AdmissionCost, 'cpuMsOfReview'> {
  const ratio = (percent: number) =>
    Math.round((micros(reviewed, percent) / micros(plain, percent)) * 100) / 100;
  return {
    ...load,
    without: latencies(plain),
    with: latencies(reviewed),
    ratio: { p50: ratio(50), p99: ratio(99) },
  };
}

function latencies(times: readonly number[]): Latencies {
  const ms = (percent: number) => Math.round(micros(times, percent) / 10) / 100;
  return { writes: times.length, p50: ms(50), p99: ms(99) };
}

function micros(times: readonly number[], percent: number): number {
  return percentile(
    times.map((ms) => ms * 1_000),
    percent,
  );
}

/** The comparison as a table. */
export function admissionRows(costs: readonly AdmissionCost[]): readonly Row[] {
  return costs.flatMap((cost) => [
    {
      what: `${cost.writers} writer${cost.writers === 1 ? '' : 's'}${cost.pauseMs > 0 ? `, with pauses of ${cost.pauseMs} ms` : ', as fast as they go'}`,
      figure: `p50 ${cost.without.p50} → ${cost.with.p50} ms (${cost.ratio.p50} times), p99 ${cost.without.p99} → ${cost.with.p99} ms (${cost.ratio.p99} times)`,
    },
    {
      what: '… processor time of a review',
      figure: Object.entries(cost.cpuMsOfReview)
        .map(([program, ms]) => `${program} ${number(ms)} ms`)
        .join(', '),
    },
  ]);
}
