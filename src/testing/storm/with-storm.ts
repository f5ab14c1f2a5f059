import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BareRemote } from '../bare-remote.ts';
import { type Impersonation, openImpersonation } from '../impersonating-client.ts';
import { poll } from '../poll.ts';
import { installPushGate, type PushGate } from '../push-gate.ts';
import {
  gitRepoConfig,
  type Scenario,
  type ScenarioOptions,
  type StartOperator,
  watchRule,
  withScenario,
} from '../scenario.ts';
import { type Allowances, assertNoFaults, faultsOf } from './faults.ts';
import type { Span } from './ledger.ts';
import { type Load, type LoadOptions, makeLoad } from './load.ts';
import {
  apiPathOf,
  filePathOf,
  loadKinds,
  loadResources,
  MARKER,
  NAME_PREFIX,
  stormCrd,
} from './load-kinds.ts';
import { makeRandom, printedSeed, type Random } from './random.ts';
import { readStormCommits, readTreeMarkers } from './storm-commits.ts';

/** Where one GitRepoConfig commits to. */
export interface Place {
  readonly remote: BareRemote;
  readonly branch: string;
  readonly prefix: string;
}

/** A scenario with a load, a WatchRule that captures it, and what is needed to break things and to look at the end. */
export interface Storm extends Scenario {
  readonly load: Load;
  readonly random: Random;
  readonly gate: PushGate;
  readonly people: Impersonation;
  /**
   * End the operator with SIGKILL, at once; what is done from now on may have no author. `git`: together with the git
   * commands that it runs. Only where the remote is a server: one that is a folder would be killed, too.
   */
  kill(options?: { readonly git?: boolean }): Promise<void>;
  /** Start it again; resolves when it is ready, or at once. */
  begin(options?: StartOperator): Promise<void>;
  /** Note that nobody listens to the webhooks at this time, until `isBack` is called. */
  deaf(): { isBack(): void };
  /** While the operator was down, or did not answer. What is done a moment before or after may have no author either. */
  readonly mayBeUnknown: (span: Span) => boolean;
  /** Note somebody else's commit, which must stay in the branch. */
  foreign(sha: string): void;
  /** Write a last change of each kind, and wait until all that came before is on the remote. */
  quiet(place?: Partial<Place>): Promise<void>;
  /** Throws when Git is not as it should be. */
  check(allowances?: Allowances, place?: Partial<Place>): Promise<void>;
  /** Forget the tips that were seen so far: somebody rewrote the branch. */
  forgetTips(): void;
  /** Sum of a metric of the operator. */
  metric(name: string, label?: string): Promise<number>;
}

export interface StormOptions
  extends Partial<Pick<LoadOptions, 'namesPerKind' | 'pauseMs'>>,
    Pick<ScenarioOptions, 'install' | 'apiServerFlags'> {
  /** Beside url and branch. `false`: the test makes its own GitRepoConfig and WatchRule. */
  readonly repository?: object | false;
  /** More flags of the operator. */
  readonly operatorArgs?: readonly string[];
}

const OPERATOR_EMAIL = 'gitops-reverser@cluster.local';
const USERS = ['ann@example.com', 'oidc:ben', 'Cleo Clark'];
const NAMESPACES = ['storm-a', 'storm-b'];
/** Evidence that is younger than this may be lost with the process that held it: its change was still on its way. */
const EVIDENCE_LOST_MS = 3_000;
/** So long after it is ready, the API server may still call the webhook where it was. */
const WEBHOOK_FOUND_MS = 3_000;
/** The API server does not wait longer for a review; on a machine that is too busy, an author is lost that way. */
const WEBHOOK_TIMEOUT_MS = 1_000;
const QUIET_TIMEOUT_MS = 60_000;
const TIP_EVERY_MS = 100;

/** Set up a storm, use it, and take everything down again. */
export async function withStorm(
  use: (storm: Storm) => Promise<void>,
  options: StormOptions = {},
): Promise<void> {
  const seed = printedSeed();
  const startedAt = performance.now();
  const say = (what: string) =>
    process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${what}\n`);
  await withScenario(
    async (scenario) => {
      const people = await openImpersonation(scenario.controlPlane.kubeconfig('admin'));
      const tips = watchTips(scenario.remote);
      const { namesPerKind = 4, pauseMs = 10 } = options;
      const load = makeLoad({ people, users: USERS, namespaces: NAMESPACES, seed, namesPerKind, pauseMs });
      try {
        await prepare(scenario, options.repository);
        const storm = await makeStorm(scenario, load, people, tips, makeRandom(seed));
        say('the storm begins');
        await use(storm);
        say(`all is well after ${load.ledger.summary}`);
      } finally {
        await load.stop().catch(() => {});
        tips.stop();
        people.close();
      }
    },
    {
      controllerManager: false,
      ...(options.operatorArgs ? { operator: { args: options.operatorArgs } } : {}),
      ...(options.install ? { install: options.install } : {}),
      ...(options.apiServerFlags ? { apiServerFlags: options.apiServerFlags } : {}),
    },
  );
}

async function prepare({ apply, kubectl, remote, waitFor }: Scenario, repository: object | false = {}) {
  await apply(
    'admin',
    stormCrd,
    ...NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  await kubectl('admin', [
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    `crd/${stormCrd.metadata.name}`,
  ]);
  if (repository === false) return;
  await apply('admin', gitRepoConfig(remote, repository), watchRule('storm', { resources: loadResources }));
  await captures({ waitFor });
}

/** Wait until the rule of the storm captures, also the kind whose definition came just before. */
export async function captures({ waitFor }: Pick<Scenario, 'waitFor'>): Promise<void> {
  await waitFor('default watchrule/storm', 'condition=ResourcesServed');
  await waitFor('default watchrule/storm');
}

async function makeStorm(
  scenario: Scenario,
  load: Load,
  people: Impersonation,
  tips: ReturnType<typeof watchTips>,
  random: Random,
): Promise<Storm> {
  const downs: { fromMs: number; toMs: number }[] = [];
  const others: string[] = [];
  const placeOf = (place: Partial<Place> = {}) => ({
    remote: scenario.remote,
    branch: 'main',
    prefix: '',
    ...place,
  });
  const deaf = () => {
    const down = { fromMs: Date.now() - EVIDENCE_LOST_MS, toMs: Number.POSITIVE_INFINITY };
    downs.push(down);
    return {
      isBack() {
        down.toMs = Date.now() + WEBHOOK_FOUND_MS;
      },
    };
  };
  let isDown: ReturnType<typeof deaf> | undefined;
  const mayBeUnknown = ({ fromMs, toMs }: Span) =>
    toMs - fromMs >= WEBHOOK_TIMEOUT_MS || downs.some((down) => fromMs <= down.toMs && toMs >= down.fromMs);
  return {
    ...scenario,
    load,
    random,
    people,
    gate: await installPushGate(scenario.remote),
    async kill({ git = false } = {}) {
      isDown ??= deaf();
      const operator = scenario.operator();
      await (git ? operator.kill() : operator.killAlone());
    },
    async begin({ awaitReady = true, ...options } = {}) {
      await scenario.start({ awaitReady, ...options });
      const now = isDown;
      const back = async () => {
        await scenario.operator().ready();
        now?.isBack();
        if (isDown === now) isDown = undefined;
      };
      if (awaitReady) await back();
      // Killed before it was ready: then it stays down.
      else back().catch(() => {});
    },
    deaf,
    mayBeUnknown,
    foreign: (sha) => others.push(sha),
    async quiet(place) {
      const { remote, branch, prefix } = placeOf(place);
      await load.stop();
      const fences = await load.fence();
      let missing = fences;
      await poll(
        async () => {
          const tree = await readTreeMarkers(remote, branch, prefix);
          missing = fences.filter(({ path, marker }) => tree.get(path) !== marker);
          return missing.length === 0;
        },
        { timeoutMs: QUIET_TIMEOUT_MS, what: `the last changes on ${branch}` },
      ).catch((error: Error) => {
        throw new Error(`${error.message}: ${missing.map(({ path }) => path).join(', ')}`);
      });
    },
    async check(allowances, place) {
      const { remote, branch, prefix } = placeOf(place);
      const facts = {
        ledger: load.ledger,
        cluster: await readCluster(people),
        tree: await readTreeMarkers(remote, branch, prefix),
        commits: await readStormCommits(remote, branch),
        prefix,
        operatorEmail: OPERATOR_EMAIL,
        tips: remote === scenario.remote && branch === 'main' ? tips.seen() : [],
        others: remote === scenario.remote && branch === 'main' ? others : [],
      };
      assertNoFaults(
        faultsOf(facts, { mayBeUnknown, ...allowances }),
        `${load.ledger.summary}, ${facts.commits.length} commits`,
      );
    },
    forgetTips: () => tips.forget(),
    async metric(name, label = '') {
      const text = await (await fetch(`${scenario.operator().statusUrl}/metrics`)).text();
      const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes(label));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
  };
}

/** Path to marker of every object under load. */
async function readCluster(people: Impersonation): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const client = people.as('the test');
  for (const kind of loadKinds) {
    const { items } = (await client.get(apiPathOf({ kind, namespace: '' }))) as unknown as {
      items: { metadata: { name: string; namespace?: string; annotations?: Record<string, string> } }[];
    };
    for (const { metadata } of items) {
      const { name, namespace = '', annotations } = metadata;
      if (name.startsWith(NAME_PREFIX))
        found.set(filePathOf({ kind, namespace, name }), annotations?.[MARKER] ?? '');
    }
  }
  return found;
}

/** Looks at the tip of `main` all the time, so that a rewritten history is noticed. */
function watchTips(remote: BareRemote) {
  const seen = new Set<string>();
  const file = join(remote.path, 'refs', 'heads', 'main');
  const timer = setInterval(async () => {
    const tip = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (tip !== '') seen.add(tip);
  }, TIP_EVERY_MS);
  timer.unref();
  return { seen: () => [...seen], forget: () => seen.clear(), stop: () => clearInterval(timer) };
}
