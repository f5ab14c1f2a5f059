/**
 * Noise on a real control plane: two writers that undo each other, and a program that rewrites its status. At once, on
 * one control plane. That the controllers alone make none is in `whole-corpus.test.ts`.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoggedCommit } from '../src/testing/bare-remote.ts';
import { type Impersonation, openImpersonation } from '../src/testing/impersonating-client.ts';
import { poll } from '../src/testing/poll.ts';
import { runCommand } from '../src/testing/run-command.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { startSelfHeal } from './noise/self-heal.ts';
import { startStatusWriter } from './noise/status-writer.ts';
import { startSweeper } from './noise/sweeper.ts';

const ARGO = 'system:serviceaccount:argocd:argocd-application-controller';
const SCALER = 'system:serviceaccount:kube-system:cluster-autoscaler';
const NOISY = 'noisy';
const LABELS = { part: 'noisy' };
/** One commit for the first content of each of two, and one for each alternation that is not yet too many. */
const COMMITS_OF_A_LOOP_MAX = 7;

interface Parts {
  readonly loop: Promise<void>;
  readonly flapping: Promise<void>;
  readonly recreated: Promise<void>;
}

interface Told {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** Commits of one branch that are about one object, oldest first. */
async function commitsOf({ remote }: Scenario, branch: string, object: string): Promise<LoggedCommit[]> {
  return (await remote.log(branch)).reverse().filter(({ subject }) => subject.includes(` ${object} in ns/`));
}

/** Change something else on the branch, and wait until that is committed: everything before it was dealt with. */
async function caughtUp(scenario: Scenario, branch: string, name: string): Promise<void> {
  await scenario.apply('admin', configMap(NOISY, name, { v: '1' }, { labels: LABELS }));
  await scenario.commit(new RegExp(`^\\[CREATE\\] ConfigMap/${name} `), branch);
}

const told = (scenario: Scenario, rule: string, reason: string): Promise<Told> =>
  poll(
    async () => {
      const { items } = await scenario.get<{ items: readonly Told[] }>('/api/v1/namespaces/default/events');
      return items.find((event) => event.reason === reason && event.involvedObject.name === rule);
    },
    { timeoutMs: 150_000, intervalMs: 500, what: `the Event ${reason}` },
  );

async function conditionOf(scenario: Scenario, rule: string): Promise<string | undefined> {
  const { status } = await scenario.get<{
    status?: { conditions?: readonly { type: string; message: string }[] };
  }>(`watchrules/${rule}`);
  return status?.conditions?.find(({ type }) => type === 'LoopDetected')?.message || undefined;
}

async function coalesced({ operator }: Scenario, reason: string): Promise<number> {
  const text = await (await fetch(`${operator().statusUrl}/metrics`)).text();
  const line = new RegExp(
    `^gitops_reverser_changes_coalesced_total\\{[^}]*reason="${reason}"[^}]*\\} (\\d+)`,
    'm',
  );
  return Number(line.exec(text)?.[1]);
}

/** Ann's script and a GitOps tool undo each other. */
async function runLoop(scenario: Scenario, people: Impersonation): Promise<void> {
  const { kubectl, remote } = scenario;
  const fought = 'ConfigMap/fought';
  const path = `namespaces/${NOISY}/ConfigMap/fought.yaml`;
  const wanted = { namespace: NOISY, name: 'fought', labels: LABELS, pauseMs: 100 };
  const argo = startSelfHeal(people.as(ARGO), { ...wanted, manager: 'argocd', data: { mode: 'declared' } });
  await scenario.commit(`[CREATE] ${fought} in ns/${NOISY} by user/${ARGO}`, 'noise');
  const script = startSelfHeal(people.as('ann'), { ...wanted, manager: 'script', data: { mode: 'fast' } });

  await kubectl('admin', ['wait', 'watchrule/noisy', '--for=condition=LoopDetected', '--timeout=30s']);
  const message = (await conditionOf(scenario, 'noisy')) ?? '';
  assert.match(message, `${fought} in ns/${NOISY}: ann and ${ARGO} undo each other's changes`);
  assert.match(
    (await told(scenario, 'noisy', 'LoopDetected')).message,
    `ann and ${ARGO} undo each other's changes`,
  );

  // However long they go on, there is nothing more to see in Git.
  const seen = argo.heals();
  await poll(() => argo.heals() > seen + 20, { what: 'twenty more rounds' });
  await caughtUp(scenario, 'noise', 'while-they-fight');
  const commits = await commitsOf(scenario, 'noise', fought);
  assert.ok(commits.length <= COMMITS_OF_A_LOOP_MAX, `${commits.length} commits`);
  assert.ok((await coalesced(scenario, 'Loop')) > 20);

  // Somebody else's change of the same object is committed at once.
  const note = ['patch', 'cm', 'fought', '-n', NOISY, '--type=merge', '-p', '{"data":{"note":"look here"}}'];
  await kubectl('alice@example.com', note);
  const { message: body } = await scenario.commit(
    `[UPDATE] ${fought} in ns/${NOISY} by user/alice@example.com`,
    'noise',
  );
  assert.match(
    body,
    new RegExp(`\\n- Coalesced: \\d+ earlier changes since .* by ann and ${ARGO}, who undid`),
  );
  const again = argo.heals();
  await poll(() => argo.heals() > again + 20, { what: 'twenty more rounds' });
  await caughtUp(scenario, 'noise', 'while-they-fight-on');
  const more = (await commitsOf(scenario, 'noise', fought)).length - commits.length;
  assert.ok(more >= 1 && more <= 4, `${more} more commits`);

  // One stops: what stands is committed, and the rule is as it was.
  await script.stop();
  const isOver = async () =>
    (await conditionOf(scenario, 'noisy')) === undefined &&
    (await remote.read('noise', path))?.includes('mode: declared');
  await poll(isOver, { timeoutMs: 60_000, what: 'the end of the loop' });
  assert.match((await told(scenario, 'noisy', 'LoopEnded')).message, 'no longer undo each other');
  assert.match((await remote.read('noise', path)) ?? '', 'note: look here');
  await argo.stop();
  await kubectl('alice@example.com', [
    'patch',
    'cm',
    'fought',
    '-n',
    NOISY,
    '--type=merge',
    '-p',
    '{"data":{"mode":"slow"}}',
  ]);
  await poll(async () => (await remote.read('noise', path))?.includes('mode: slow'), {
    what: 'the next change',
  });
}

/** The cluster autoscaler writes its status. */
async function runFlapping(scenario: Scenario, people: Impersonation): Promise<void> {
  const { controlPlane, kubectl, remote } = scenario;
  const name = 'ConfigMap/cluster-autoscaler-status';
  const path = 'namespaces/kube-system/ConfigMap/cluster-autoscaler-status.yaml';
  const scaler = startStatusWriter(people.as(SCALER), {
    namespace: 'kube-system',
    labels: {},
    everyMs: 1_000,
  });
  const { message } = await told(scenario, 'status', 'ChangesCoalesced');
  assert.match(message, `${name} in ns/kube-system: ${SCALER} rewrites data.status`);
  const more = async (times: number) => {
    const before = scaler.rewrites();
    await poll(() => scaler.rewrites() >= before + times, { what: `${times} rewrites` });
  };
  await caughtUp(scenario, 'noise', 'while-it-flaps');
  const before = (await commitsOf(scenario, 'noise', name)).length;
  await more(5);
  await caughtUp(scenario, 'noise', 'while-it-flaps-on');
  assert.is((await commitsOf(scenario, 'noise', name)).length, before);
  assert.ok((await coalesced(scenario, 'Flapping')) >= 5);

  // A person's change is committed at once.
  await kubectl('admin', [
    'annotate',
    'cm',
    'cluster-autoscaler-status',
    '-n',
    'kube-system',
    'example.com/note=seen',
  ]);
  const { message: body } = await scenario.commit(
    `[UPDATE] ${name} in ns/kube-system by user/admin`,
    'noise',
  );
  assert.match(
    body,
    /\n- Coalesced: \d+ earlier changes? since .*, of data\.status, metadata\.annotations\[/,
  );

  // What the Event says leaves it out.
  const command = /To leave this out: (kubectl .*)$/s.exec(message)?.[1] ?? '';
  const patched = await runCommand('sh', ['-c', command], { env: controlPlane.env });
  assert.is(patched.code, 0, `${command}: ${patched.stderr}`);
  await poll(async () => (await remote.read('noise', path))?.includes('last-updated') === false, {
    what: 'the file without what flaps',
  });
  const excluded = (await commitsOf(scenario, 'noise', name)).length;
  await more(3);
  await scaler.stop();
  await caughtUp(scenario, 'noise', 'after-it-flapped');
  assert.is((await commitsOf(scenario, 'noise', name)).length, excluded);
  assert.match((await remote.read('noise', path)) ?? '', 'example.com/note: seen');
}

/** Ann's clean-up deletes what a GitOps tool creates. */
async function runRecreated(scenario: Scenario, people: Impersonation): Promise<void> {
  const { remote } = scenario;
  const name = 'ConfigMap/swept';
  const path = `namespaces/${NOISY}/ConfigMap/swept.yaml`;
  const swept = { namespace: NOISY, name: 'swept', pauseMs: 100 };
  const wanted = { ...swept, labels: LABELS, manager: 'argocd', data: { mode: 'declared' } };
  const argo = startSelfHeal(people.as(ARGO), wanted);
  await scenario.commit(`[CREATE] ${name} in ns/${NOISY} by user/${ARGO}`, 'noise');
  const sweeper = startSweeper(people.as('ann'), swept);
  const { message } = await told(scenario, 'noisy', 'RecreatedInALoop');
  assert.match(message, `${name} in ns/${NOISY}: ann deletes it and ${ARGO} creates it, again and again`);
  await sweeper.stop();

  // Nothing is held back: each time is a commit, and the file is there as the object is.
  await poll(() => argo.heals() === sweeper.sweeps(), { what: 'the last time that it is created' });
  await argo.stop();
  await caughtUp(scenario, 'noise', 'after-it-was-swept');
  const subjects = (await commitsOf(scenario, 'noise', name)).map(({ subject }) => subject);
  const times = subjects.filter((subject) => subject.startsWith('[DELETE]')).length;
  assert.is(times, sweeper.sweeps());
  assert.is(subjects.length, 2 * times + 1);
  assert.match((await remote.read('noise', path)) ?? '', 'mode: declared');
}

/** Sets all parts going, each of which ends by itself. */
function start(): Parts & { readonly over: Promise<void> } {
  let settle = (_parts: Parts) => {};
  const parts = new Promise<Parts>((resolve) => {
    settle = resolve;
  });
  const over = withScenario(async (scenario) => {
    const { apply, controlPlane, kubectl, remote, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', NOISY]);
    await apply('admin', gitRepoConfig(remote, { branch: 'noise' }, 'noise-repo'));
    const resources = [{ apiVersion: 'v1', kind: 'ConfigMap' }];
    const noisy = {
      gitRepoConfigRef: 'noise-repo',
      objectSelector: { matchLabels: { part: 'noisy' } },
      resources,
    };
    await apply('admin', watchRule('noisy', noisy));
    const names = ['cluster-autoscaler-*'];
    await apply(
      'admin',
      watchRule('status', { gitRepoConfigRef: 'noise-repo', resources: [{ ...resources[0], names }] }),
    );
    for (const rule of ['noisy', 'status']) await waitFor(`default watchrule/${rule}`);
    const people = await openImpersonation(controlPlane.kubeconfig('admin'));
    const running = {
      loop: runLoop(scenario, people),
      flapping: runFlapping(scenario, people),
      recreated: runRecreated(scenario, people),
    };
    settle(running);
    await Promise.allSettled(Object.values(running));
    people.close();
  });
  const part = (name: keyof Parts) => {
    const running = Promise.race([parts, over.then(() => parts)]).then((all) => all[name]);
    // It is awaited by its test, which may come later.
    running.catch(() => {});
    return running;
  };
  over.catch(() => {});
  return { loop: part('loop'), flapping: part('flapping'), recreated: part('recreated'), over };
}

const running = start();

test('noise: two writers that undo each other are named, held back, and committed once they stop', () =>
  running.loop);

test('noise: a program that rewrites its status is coalesced, and can be left out as the Event says', () =>
  running.flapping);

test('noise: two writers of whom one deletes what the other creates are named, and nothing is held back', () =>
  running.recreated);

test('noise: all ends well', () => running.over);

test.run();
