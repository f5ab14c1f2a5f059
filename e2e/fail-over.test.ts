/**
 * Leaders go under load, in every way they can: told to, killed, paused. Somebody else leads then; afterwards every
 * version is a commit, none is one twice, and authors are known but for what no replica could hear.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isLeading } from '../src/testing/is-leading.ts';
import { assertNoLeaks } from '../src/testing/leaks/scenario-leaks.ts';
import {
  makeOperatorFolder,
  type OperatorFolder,
  type OperatorProcess,
} from '../src/testing/operator-process.ts';
import { poll } from '../src/testing/poll.ts';
import { gitRepoConfig, watchRule } from '../src/testing/scenario.ts';
import { type ServiceFront, startServiceFront } from '../src/testing/service-front.ts';
import type { Span } from '../src/testing/storm/ledger.ts';
import { loadResources } from '../src/testing/storm/load-kinds.ts';
import { readStormCommits } from '../src/testing/storm/storm-commits.ts';
import { type Storm, withStorm } from '../src/testing/storm/with-storm.ts';

/** How often the front looks whether a replica is ready; what a killed one would have heard in between is lost. */
const PROBE_MS = 200;
/** On a busy machine a replica may be slow, and is not waited for: what was just heard then goes with who heard it. */
const ON_ITS_WAY_MS = 1_000;
const CHANGES = 60;
const NOBODY_TIMEOUT_MS = 20_000;

const election = (lease: string, renew: string, retry: string) => [
  '--leader-elect',
  `--leader-elect-lease-duration=${lease}`,
  `--leader-elect-renew-deadline=${renew}`,
  `--leader-elect-retry-period=${retry}`,
];
/** Too long for any test to wait for: who takes over from one with this was told that it may. */
const LONG = election('3600s', '1800s', '1s');
const SHORT = election('3s', '2s', '500ms');

const STATE_LINES = 40;

interface Replica {
  readonly name: string;
  readonly process: OperatorProcess;
}

/** What leads to replicas, and how to start and to end them. */
class Replicas {
  readonly #storm: Storm;
  readonly #front: ServiceFront;
  readonly #folders = new Map<string, OperatorFolder>();
  #running: Replica[] = [];
  #reviewed: readonly [seconds: number, count: number] = [0, 0];

  constructor(storm: Storm, front: ServiceFront) {
    this.#storm = storm;
    this.#front = front;
    this.#add({ name: 'a', process: storm.operator() });
  }

  get(name: string): OperatorProcess {
    const replica = this.#running.find((one) => one.name === name);
    assert.ok(replica, `there is no replica ${name}`);
    return replica.process;
  }

  /** Start a replica, on the disk that one of this name had before. Resolves when reviews are led to it. */
  async start(name: string, args: readonly string[]): Promise<void> {
    const folder = this.#folders.get(name) ?? (await makeOperatorFolder());
    this.#folders.set(name, folder);
    const { kubeconfig } = this.#storm;
    const url = `--webhook-url=https://127.0.0.1:${this.#front.port}`;
    this.#add({ name, process: await folder.start({ kubeconfig, args: [...args, url] }) });
    await this.isLedTo(name, true);
  }

  /** Wait until new reviews are led to a replica, or are not. */
  async isLedTo(name: string, isLed: boolean): Promise<void> {
    const { webhookPort } = this.get(name);
    await poll(() => this.#front.ready().includes(webhookPort) === isLed, {
      intervalMs: 5,
      what: `reviews ${isLed ? '' : 'not '}to be led to ${name}`,
    });
  }

  /** Mean time to answer a review in milliseconds, from the last call on. */
  async reviewMs(): Promise<string> {
    let [seconds, count] = [0, 0];
    for (const { process } of this.#running) {
      const metrics = await (await fetch(`${process.statusUrl}/metrics`)).text();
      for (const [, what, value] of metrics.matchAll(
        /^gitops_reverser_review_duration_seconds_(sum|count)\{[^}]*path="\/who"[^}]*\} (\S+)$/gm,
      )) {
        if (what === 'sum') seconds += Number(value);
        else count += Number(value);
      }
    }
    const [before, counted] = this.#reviewed;
    this.#reviewed = [seconds, count];
    return `${((1000 * (seconds - before)) / (count - counted)).toFixed(2)} ms for each of ${count - counted} reviews, ${this.#running.length} replicas`;
  }

  /** Wait until this replica leads; tells when it said so. */
  async leads(name: string): Promise<number> {
    const replica = this.get(name);
    return poll(async () => (await isLeading(replica)) && Date.now(), {
      intervalMs: 20,
      timeoutMs: NOBODY_TIMEOUT_MS,
      what: `${name} to lead`,
    });
  }

  /** How it ended, if it did, and the last that it logged. */
  async state(name: string): Promise<string> {
    const replica = this.get(name);
    const lines = (await replica.logs()).trimEnd().split('\n');
    return [`exit: ${JSON.stringify(replica.exit())}`, ...lines.slice(-STATE_LINES)].join('\n');
  }

  /** It ended, or was ended. */
  forget(name: string): void {
    this.#running = this.#running.filter((one) => one.name !== name);
    this.#tellFront();
  }

  /** End all, and search what those on folders of their own left for values of Secrets. */
  async searchForLeaks(): Promise<void> {
    const { kubectl, remote } = this.#storm;
    const read = async ({ process }: Replica) => (await fetch(`${process.statusUrl}/metrics`)).text();
    const metrics = (await Promise.all(this.#running.map(read))).join('\n');
    await Promise.all(this.#running.map(({ process }) => process.kill()));
    const list = (kinds: string) => kubectl('admin', ['get', kinds, '-A', '-o', 'json']);
    for (const { path } of this.#folders.values())
      await assertNoLeaks({ remotes: [remote.path], operatorFolder: path, metrics, list });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map(({ process }) => process.kill()));
    const logFile = process.env.GITOPS_REVERSER_TEST_LOG;
    for (const [name, folder] of this.#folders) {
      if (logFile !== undefined) {
        const { copyFile } = await import('node:fs/promises');
        await copyFile(folder.logFile, `${logFile}.${name}`);
      }
      await folder.remove();
    }
  }

  #add(replica: Replica): void {
    this.#running.push(replica);
    this.#tellFront();
  }

  #tellFront(): void {
    this.#front.setBackends(
      this.#running.map(({ process: { webhookPort, statusUrl } }) => ({
        port: webhookPort,
        readyUrl: `${statusUrl}/readyz`,
      })),
    );
  }
}

/** Times of the commits that a replica logged. */
async function commitTimes(replica: OperatorProcess): Promise<readonly number[]> {
  return (await replica.logs())
    .split('\n')
    .filter((line) => line.includes('"msg":"Committed"'))
    .map((line) => Date.parse((JSON.parse(line) as { time: string }).time));
}

/** Figures of one fail-over, for people. */
async function tell(what: string, fromMs: number, leadsAtMs: number, next: OperatorProcess) {
  const first = await poll(async () => (await commitTimes(next)).find((atMs) => atMs >= leadsAtMs - 50), {
    intervalMs: 20,
    what: 'the new leader to commit',
  });
  process.stdout.write(
    `${what}: another leads after ${leadsAtMs - fromMs} ms, commits again after ${first - fromMs} ms\n`,
  );
}

async function withReplicas(use: (storm: Storm, replicas: Replicas) => Promise<void>): Promise<void> {
  const front = await startServiceFront(PROBE_MS);
  try {
    await withStorm(
      async (storm) => {
        const replicas = new Replicas(storm, front);
        try {
          await storm.apply(
            'admin',
            gitRepoConfig(storm.remote),
            watchRule('storm', { resources: loadResources }),
          );
          await storm.waitFor('default watchrule/storm');
          await use(storm, replicas);
          await replicas.searchForLeaks();
        } finally {
          await replicas.stop();
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

test('fail-over: the leader is told to stop, killed, and paused', () =>
  withReplicas(async (storm, replicas) => {
    const { load } = storm;
    const lost: { what: string; fromMs: number; toMs: number }[] = [];
    const more = async () => {
      const until = load.ledger.size + CHANGES;
      await poll(() => load.ledger.size >= until, { what: `${CHANGES} changes` });
    };
    const tellReviews = async () => process.stdout.write(`${await replicas.reviewMs()}\n`);
    await replicas.leads('a');
    load.start();
    await more();
    await tellReviews();
    await replicas.start('b', SHORT);
    await replicas.reviewMs();
    await more();
    await tellReviews();

    // Two replicas. The Lease of the first is good for an hour, and it does not need to run out.
    const toldAtMs = Date.now();
    const stopped = storm.operator().stop();
    await tell('SIGTERM', toldAtMs, await replicas.leads('b'), replicas.get('b'));
    const [code] = await Promise.all([stopped, replicas.start('c', SHORT)]);
    assert.is(code, 0);
    replicas.forget('a');
    await more();

    const killedAtMs = Date.now();
    await replicas.get('b').kill();
    await replicas.isLedTo('b', false);
    lost.push({ what: 'SIGKILL', fromMs: killedAtMs, toMs: Date.now() });
    replicas.forget('b');
    await tell('SIGKILL', killedAtMs, await replicas.leads('c'), replicas.get('c'));

    // Three replicas.
    await Promise.all(['b', 'd'].map((name) => replicas.start(name, SHORT)));
    await replicas.reviewMs();
    await more();
    await tellReviews();
    const paused = replicas.get('c');
    const pausedAtMs = Date.now();
    await paused.signal('SIGSTOP');
    const leader = await Promise.any(
      ['b', 'd'].map(async (name) => ({ name, atMs: await replicas.leads(name) })),
    );
    await replicas.isLedTo('c', false);
    lost.push({ what: 'SIGSTOP', fromMs: pausedAtMs, toMs: Date.now() });
    await tell('SIGSTOP', pausedAtMs, leader.atMs, replicas.get(leader.name));
    await more();
    await paused.signal('SIGCONT');
    const exit = await poll(() => paused.exit(), { what: 'the deposed leader to end' });
    assert.is(exit.code, 1);
    assert.match(await paused.logs(), /not the leader any more/);
    replicas.forget('c');

    // It comes back on its old disk, with what it could not push, and leads again.
    // Nobody is left to take over from it, should the machine be too busy for a renewal in time.
    await replicas.start('c', LONG);
    await more();
    const others = ['b', 'd'].map((name) => replicas.get(name).stop());
    await replicas.leads('c');
    await Promise.all(others);
    for (const name of ['b', 'd']) replicas.forget(name);
    await more();
    await storm.quiet().catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await replicas.state('c')}`);
    });
    const events = [
      'get',
      'events',
      '-n',
      'gitops-reverser-system',
      '--field-selector=reason=LeaderElection',
    ];
    assert.match(await storm.kubectl('admin', events), /lease\/gitops-reverser-leader .*became leader/);
    const heard = (span: Span) =>
      storm.mayBeUnknown(span) ||
      lost.some(({ fromMs, toMs }) => span.fromMs <= toMs && span.toMs >= fromMs - ON_ITS_WAY_MS);
    await tellUnknown(storm, lost);
    await storm.check({ mayBeUnknown: heard });
  }));

/** How many authors are not known, for people. */
async function tellUnknown(storm: Storm, lost: readonly { what: string; fromMs: number; toMs: number }[]) {
  const { versions } = storm.load.ledger;
  const isBefore = (span: Span) =>
    lost.find(({ fromMs }) => span.toMs < fromMs && span.toMs >= fromMs - ON_ITS_WAY_MS);
  const commits = (await readStormCommits(storm.remote, 'main')).filter(({ author }) => author === 'unknown');
  // A deletion names no version.
  const unknown = new Set(commits.map(({ message }) => /^- Resource Version: (\d+)$/m.exec(message)?.[1]));
  for (const { what, fromMs, toMs } of lost) {
    const within = versions.filter((span) => span.fromMs <= toMs && span.toMs >= fromMs);
    const nobody = within.filter(({ resourceVersion }) => unknown.has(resourceVersion));
    process.stdout.write(
      `${what}: reviews may be lost for ${toMs - fromMs} ms; of ${within.length} versions then, ${nobody.length} have no author\n`,
    );
  }
  for (const span of versions.filter(({ resourceVersion }) => unknown.has(resourceVersion))) {
    const next = isBefore(span);
    if (next === undefined) continue;
    const { operation, path, fromMs, toMs } = span;
    process.stdout.write(
      `no author of ${operation} ${path}, answered ${next.fromMs - toMs} ms before ${next.what}, after ${toMs - fromMs} ms\n`,
    );
  }
  process.stdout.write(`${commits.length} commits have no author, of ${storm.load.ledger.size} changes\n`);
}

test.run();
