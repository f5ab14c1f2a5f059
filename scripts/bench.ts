import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import { gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { startSshGitServer } from '../src/testing/ssh-git-server.ts';
import { measureAdmission } from './bench/admission-latency.ts';
import { type Arrival, followBranch } from './bench/follow-branch.ts';
import { percentile } from './bench/percentile.ts';
import { measureReviews } from './bench/review-throughput.ts';

const help = `npm run bench [-- --only commits|admission|reviews --count 1000 --writers 16 --seconds 20 --rounds 40]

Measures on an embedded control plane, with the remote behind a real sshd on loopback:
- a burst of creates by several writers: how long the API server takes to accept them, and until all are commits
  on the remote;
- the time from a write's answer to its commit on the remote at 5 writes a second;
- what an admission review costs a writer: the same writes with and without one, in alternating blocks of 50;
- the reviews that one core answers in a second.
--only leaves out the others; it can be given several times.
Raw results go to dist/bench/.
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    only: { type: 'string', multiple: true, default: ['commits', 'admission', 'reviews'] },
    count: { type: 'string', default: '1000' },
    writers: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '40' },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const count = Number(values.count);
const writers = Number(values.writers);
/** What is written in the comparison of writes with and without review: calmly, and as fast as it goes. */
const REVIEWED_LOADS = [
  { writers: 1, pauseMs: 20 },
  { writers: 1, pauseMs: 0 },
  { writers: 8, pauseMs: 0 },
];
const REVIEW_SECONDS = 8;
const WRITES_PER_SECOND = 5;
const ARRIVAL_TIMEOUT_MS = 120_000;

/** Create ConfigMaps as fast as `writers` connections take them; returns when each was answered. */
async function burst(client: KubeClient, namespace: string): Promise<ReadonlyMap<string, number>> {
  const answeredAt = new Map<string, number>();
  let next = 0;
  const write = async () => {
    while (next < count) {
      const name = `burst-${next++}`;
      await create(client, namespace, name);
      answeredAt.set(name, performance.now());
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return answeredAt;
}

/** Create a ConfigMap every 200 ms. */
async function steady(
  client: KubeClient,
  namespace: string,
  seconds: number,
): Promise<ReadonlyMap<string, number>> {
  const answeredAt = new Map<string, number>();
  const startedAt = performance.now();
  for (let at = 0; at < seconds * WRITES_PER_SECOND; at++) {
    const due = startedAt + (at * 1_000) / WRITES_PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    const name = `steady-${at}`;
    await create(client, namespace, name);
    answeredAt.set(name, performance.now());
  }
  return answeredAt;
}

async function create(client: KubeClient, namespace: string, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value: 'x'.repeat(200) } };
  await client.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body });
}

/** Milliseconds from each write's answer to its commit on the remote. A commit can be there before the answer. */
function latencies(answeredAt: ReadonlyMap<string, number>, arrivals: readonly Arrival[]): number[] {
  return arrivals.flatMap(({ name, atMs }) => {
    const answered = answeredAt.get(name);
    return answered === undefined ? [] : [Math.max(0, atMs - answered)];
  });
}

async function measure(scenario: Scenario): Promise<Record<string, unknown>> {
  const { controlPlane, remote, apply, kubectl, waitFor } = scenario;
  const server = await startSshGitServer();
  try {
    const client = new KubeClient(await openConnection(controlPlane.kubeconfig('alice@example.com')));
    await kubectl('admin', ['create', 'namespace', 'bench']);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git', namespace: 'default' } };
    await apply('admin', {
      ...secret,
      stringData: { 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts() },
    });
    await apply('admin', gitRepoConfig(remote, { url: server.url(remote.path), secretRef: { name: 'git' } }));
    await apply(
      'admin',
      watchRule('bench', {
        resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['burst-*', 'steady-*'] }],
      }),
    );
    await waitFor('default watchrule/bench');

    const following = followBranch(remote, 'main');
    const startedAt = performance.now();
    const answeredAt = await burst(client, 'bench');
    const acceptedMs = performance.now() - startedAt;
    const arrivals = await following.until(count, ARRIVAL_TIMEOUT_MS);
    const onRemoteMs = performance.now() - startedAt;
    const steadyAnswers = await steady(client, 'bench', Number(values.seconds));
    const all = await following.until(count + steadyAnswers.size, ARRIVAL_TIMEOUT_MS);
    following.stop();
    const inBurst = latencies(answeredAt, arrivals);
    const inSteady = latencies(steadyAnswers, all);
    const of = (values: readonly number[]) => ({
      p50: percentile(values, 50),
      p90: percentile(values, 90),
      p99: percentile(values, 99),
    });
    return {
      burst: {
        count,
        writers,
        acceptedMs,
        onRemoteMs,
        ratio: onRemoteMs / acceptedMs,
        latencyMs: of(inBurst),
      },
      steady: { writes: steadyAnswers.size, writesPerSecond: WRITES_PER_SECOND, latencyMs: of(inSteady) },
    };
  } finally {
    await server.stop();
  }
}

async function measureCommits(): Promise<Record<string, unknown>> {
  let results: Record<string, unknown> = {};
  await withScenario(async (scenario) => {
    results = await measure(scenario);
  });
  return results;
}

const benchmarks: Readonly<Record<string, () => Promise<unknown>>> = {
  commits: measureCommits,
  admission: () => measureAdmission(Number(values.rounds), REVIEWED_LOADS),
  reviews: () => measureReviews(REVIEW_SECONDS),
};

const results: Record<string, unknown> = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
};
for (const name of values.only) {
  const run = benchmarks[name];
  if (run === undefined)
    throw new Error(`There is no benchmark "${name}": ${Object.keys(benchmarks).join(', ')}`);
  results[name] = await run();
}
console.log(JSON.stringify(results, null, 2));
const dir = join(import.meta.dirname, '../dist/bench');
await mkdir(dir, { recursive: true });
await writeFile(join(dir, `${Date.now()}.json`), `${JSON.stringify(results)}\n`);
