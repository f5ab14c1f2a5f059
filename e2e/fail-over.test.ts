/**
 * Leaders go under load, in every way they can: told to, killed, paused. Somebody else leads then; afterwards every
 * version is a commit, none is one twice, and authors are known but for what no replica could hear.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNoLeaks } from '../src/testing/leaks/scenario-leaks.ts';
import type { OperatorProcess } from '../src/testing/operator-process.ts';
import { poll } from '../src/testing/poll.ts';
import { ReplicaSet } from '../src/testing/replica-set.ts';
import { gitRepoConfig, watchRule } from '../src/testing/scenario.ts';
import { startServiceFront } from '../src/testing/service-front.ts';
import type { Span } from '../src/testing/storm/ledger.ts';
import { loadResources } from '../src/testing/storm/load-kinds.ts';
import { readStormCommits } from '../src/testing/storm/storm-commits.ts';
import { captures, type Storm, withStorm } from '../src/testing/storm/with-storm.ts';

/** How often the front looks whether a replica is ready; what a killed one would have heard in between is lost. */
const PROBE_MS = 200;
/** On a busy machine a replica may be slow, and is not waited for: what was just heard then goes with who heard it. */
const ON_ITS_WAY_MS = 1_000;
/** One that is alone, and too slow to renew its Lease, takes along what it heard and did not push. */
const UNPLANNED_MS = 3_000;
const CHANGES = 60;
/** Longer than a leader that is told to go may take to push. */
const HANGS_MS = 10_000;

const election = (lease: string, renew: string, retry: string) => [
  '--leader-elect',
  `--leader-elect-lease-duration=${lease}`,
  `--leader-elect-renew-deadline=${renew}`,
  `--leader-elect-retry-period=${retry}`,
];
/** Too long for any test to wait for: who takes over from one with this was told that it may. */
const LONG = election('3600s', '1800s', '1s');
const SHORT = election('3s', '2s', '500ms');

/** A time in which reviews may be lost, and why. */
interface Lost {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The mean time to answer a review, from one call to the next, for people. */
function reviewTimes(replicas: ReplicaSet): () => Promise<string> {
  let known = new Map<OperatorProcess, readonly [seconds: number, count: number]>();
  return async () => {
    const before = known;
    known = new Map();
    let [seconds, count] = [0, 0];
    for (const process of replicas.processes) {
      const now = await reviewed(process);
      const then = before.get(process) ?? [0, 0];
      known.set(process, now);
      seconds += now[0] - then[0];
      count += now[1] - then[1];
    }
    const meanMs = ((1000 * seconds) / count).toFixed(2);
    return `${meanMs} ms for each of ${count} reviews, ${known.size} replicas`;
  };
}

/** How long a replica took for all its reviews, and how many they were. */
async function reviewed({ statusUrl }: OperatorProcess): Promise<readonly [seconds: number, count: number]> {
  const metrics = await fetch(`${statusUrl}/metrics`).then(
    (response) => response.text(),
    () => '',
  );
  const [sum = 0, count = 0] = ['sum', 'count'].map((what) =>
    [
      ...metrics.matchAll(
        /^gitops_reverser_review_duration_seconds_(sum|count)\{[^}]*path="\/who"[^}]*\} (\S+)$/gm,
      ),
    ]
      .filter(([, one]) => one === what)
      .reduce((total, [, , value]) => total + Number(value), 0),
  );
  return [sum, count];
}

/** Times of the commits that a replica logged. */
async function commitTimes(replica: OperatorProcess): Promise<readonly number[]> {
  return (await replica.logs())
    .split('\n')
    .filter((line) => line.includes('"msg":"Committed"'))
    .map((line) => Date.parse((JSON.parse(line) as { time: string }).time));
}

/** Figures of one fail-over, for people. */
async function tell(
  what: string,
  fromMs: number,
  { name, atMs }: { readonly name: string; readonly atMs: number },
  replicas: ReplicaSet,
) {
  const isOfTerm = (commitAtMs: number) => commitAtMs >= atMs - 50;
  const first = await poll(async () => (await commitTimes(replicas.get(name))).find(isOfTerm), {
    intervalMs: 20,
    what: 'the new leader to commit',
  });
  console.log(`${what}: another leads after ${atMs - fromMs} ms, commits again after ${first - fromMs} ms`);
}

async function withReplicas(use: (storm: Storm, replicas: ReplicaSet) => Promise<void>): Promise<void> {
  const front = await startServiceFront(PROBE_MS);
  try {
    await withStorm(
      async (storm) => {
        const replicas = new ReplicaSet({ kubeconfig: storm.kubeconfig, front });
        try {
          replicas.adopt('a', storm.operator());
          // Until then the webhooks are registered, and nobody can be reached.
          await replicas.isLedTo('a', true);
          await storm.apply(
            'admin',
            gitRepoConfig(storm.remote),
            watchRule('storm', { resources: loadResources }),
          );
          await captures(storm);
          await use(storm, replicas);
          await searchForLeaks(storm, replicas);
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${await whatStands(storm, replicas)}`, {
            cause: error,
          });
        } finally {
          await replicas.remove();
        }
      },
      {
        repository: false,
        install: { replicas: 2 },
        operatorArgs: [...LONG, `--webhook-url=https://127.0.0.1:${front.port}`],
      },
    );
  } finally {
    await front.stop();
  }
}

/** What is to be known of a failure: the remote's refs, what the status says of them, and what each replica did last. */
async function whatStands({ remote, kubectl }: Storm, replicas: ReplicaSet): Promise<string> {
  const status = ['get', 'gitrepoconfig/audit-repo', 'watchrule/storm', '-o', 'jsonpath={.items[*].status}'];
  const all = [remote.refs().then(JSON.stringify), kubectl('admin', status), replicas.state()];
  return (await Promise.all(all.map((one) => one.catch(String)))).join('\n');
}

/** End all, and search what those on folders of their own left for values of Secrets. */
async function searchForLeaks({ kubectl, remote }: Storm, replicas: ReplicaSet): Promise<void> {
  const read = async ({ statusUrl }: OperatorProcess) => (await fetch(`${statusUrl}/metrics`)).text();
  const metrics = (await Promise.all(replicas.processes.map(read))).join('\n');
  await replicas.killAll();
  const list = (kinds: string) => kubectl('admin', ['get', kinds, '-A', '-o', 'json']);
  for (const { path } of replicas.folders)
    await assertNoLeaks({ remotes: [remote.path], operatorFolder: path, metrics, list });
}

test('fail-over: the leader is told to stop, killed, and paused', () =>
  withReplicas(async (storm, replicas) => {
    const { load } = storm;
    const lost: Lost[] = [];
    const more = async () => {
      const until = load.ledger.size + CHANGES;
      await poll(() => load.ledger.size >= until, { what: `${CHANGES} changes` });
    };
    const others = (name: string) => replicas.names.filter((one) => one !== name);
    const reviewMs = reviewTimes(replicas);
    await replicas.leader();
    load.start();
    await more();
    console.log(await reviewMs());
    await replicas.start('b', SHORT);
    await reviewMs();
    await more();
    console.log(await reviewMs());

    // Two replicas. The Lease of the first is good for an hour, and it does not need to run out.
    const toldAtMs = Date.now();
    const stopped = replicas.stopOne('a');
    await tell('SIGTERM', toldAtMs, await replicas.leader(['b']), replicas);
    const [code] = await Promise.all([stopped, replicas.start('c', SHORT)]);
    assert.is(code, 0);
    await more();

    const killed = (await replicas.leader()).name;
    const killedAtMs = Date.now();
    const heirs = others(killed);
    lost.push({ what: 'SIGKILL', fromMs: killedAtMs, toMs: await replicas.kill(killed) });
    await tell('SIGKILL', killedAtMs, await replicas.leader(heirs), replicas);

    // Three replicas.
    await Promise.all([killed, 'd'].map((name) => replicas.start(name, SHORT)));
    await reviewMs();
    await more();
    console.log(await reviewMs());
    const paused = (await replicas.leader()).name;
    const process = replicas.get(paused);
    const pausedAtMs = Date.now();
    await process.signal('SIGSTOP');
    const next = await replicas.leader(others(paused));
    await replicas.isLedTo(paused, false);
    lost.push({ what: 'SIGSTOP', fromMs: pausedAtMs, toMs: Date.now() });
    await tell('SIGSTOP', pausedAtMs, next, replicas);
    await more();
    await process.signal('SIGCONT');
    const exit = await poll(() => process.exit(), { what: 'the deposed leader to end' });
    assert.is(exit.code, 1);
    assert.match(await process.logs(), /not the leader any more/);

    // It comes back on its old disk, with what it could not push, and leads again.
    await poll(() => replicas.get(paused) !== process, { what: `${paused} to be started again` });
    await replicas.isLedTo(paused, true);
    const backAtMs = Date.now();
    await more();
    // The remote hangs when the others are told to go: what they cannot push is made anew, and once.
    await storm.gate.hold(HANGS_MS);
    await storm.gate.next('received');
    const toGoAtMs = Date.now();
    const leaving = others(paused).map((name) => replicas.stopOne(name));
    const last = await replicas.leader([paused]);
    await storm.gate.hold(0);
    await tell('SIGTERM while the remote hangs', toGoAtMs, last, replicas);
    assert.equal(await Promise.all(leaving), [0, 0]);
    await more();
    await storm.quiet();
    const events = [
      'get',
      'events',
      '-n',
      'gitops-reverser-system',
      '--field-selector=reason=LeaderElection',
    ];
    assert.match(await storm.kubectl('admin', events), /lease\/gitops-reverser-leader .*became leader/);
    for (const { name, fromMs, toMs } of replicas.gone) {
      const isPlanned = name === paused && fromMs >= pausedAtMs && fromMs <= backAtMs;
      const marginMs = isPlanned ? 0 : UNPLANNED_MS;
      lost.push({ what: `the end of ${name}`, fromMs: fromMs - marginMs, toMs: toMs + marginMs });
    }
    const heard = (span: Span) =>
      storm.mayBeUnknown(span) ||
      lost.some(({ fromMs, toMs }) => span.fromMs <= toMs && span.toMs >= fromMs - ON_ITS_WAY_MS);
    await tellUnknown(storm, lost);
    await storm.check({ mayBeUnknown: heard });
  }));

/** How many authors are not known, for people. */
async function tellUnknown(storm: Storm, lost: readonly Lost[]) {
  const { versions } = storm.load.ledger;
  const isBefore = (span: Span) =>
    lost.find(({ fromMs }) => span.toMs < fromMs && span.toMs >= fromMs - ON_ITS_WAY_MS);
  const commits = (await readStormCommits(storm.remote, 'main')).filter(({ author }) => author === 'unknown');
  // A deletion names no version.
  const unknown = new Set(commits.map(({ message }) => /^- Resource Version: (\d+)$/m.exec(message)?.[1]));
  for (const { what, fromMs, toMs } of lost) {
    const within = versions.filter((span) => span.fromMs <= toMs && span.toMs >= fromMs);
    const nobody = within.filter(({ resourceVersion }) => unknown.has(resourceVersion));
    console.log(
      `${what}: reviews may be lost for ${toMs - fromMs} ms; of ${within.length} versions then, ${nobody.length} have no author`,
    );
  }
  for (const span of versions.filter(({ resourceVersion }) => unknown.has(resourceVersion))) {
    const next = isBefore(span);
    if (next === undefined) continue;
    const { operation, path, fromMs, toMs } = span;
    console.log(
      `no author of ${operation} ${path}, answered ${next.fromMs - toMs} ms before ${next.what}, after ${toMs - fromMs} ms`,
    );
  }
  console.log(`${commits.length} commits have no author, of ${storm.load.ledger.size} changes`);
}

test.run();
