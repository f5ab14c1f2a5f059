/**
 * The synthesized manifests from installation to uninstallation, as a user would do it, with the operator running as
 * the account that they make, under the constraints of its container. The API server's audit tells what the account
 * used: that is exactly what its roles grant. The second time there are two replicas, and the leader is told to go.
 */
import { appendFile, chmod, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { App, Yaml } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InstallChart } from '../infra/install-chart.ts';
import { type BareRemote, makeBareRemote } from '../src/testing/bare-remote.ts';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import type { User } from '../src/testing/control-plane/users.ts';
import {
  type DeploymentManifest,
  type InstalledHome,
  type InstalledOperator,
  makeInstalledHome,
} from '../src/testing/installed-operator.ts';
import { isLeading } from '../src/testing/is-leading.ts';
import { assertNoLeaks } from '../src/testing/leaks/scenario-leaks.ts';
import { placeBundle } from '../src/testing/operator-bundle.ts';
import { poll } from '../src/testing/poll.ts';
import { isRole, type RoleManifest, reportRights } from '../src/testing/rights.ts';
import { OPERATOR_ACCOUNT } from '../src/testing/rights-book.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { configMap, watchRule } from '../src/testing/scenario.ts';
import { type ServiceFront, startServiceFront } from '../src/testing/service-front.ts';
import { type SshGitServer, startSshGitServer } from '../src/testing/ssh-git-server.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const root = resolve(import.meta.dirname, '..');
const namespace = 'gitops-reverser-system';
const configuration = 'validatingwebhookconfiguration/gitops-reverser';
const objects = 12;
/** With several replicas: a PodDisruptionBudget, and a Role for the Leases with its binding. */
const objectsOfSeveral = objects + 3;
const PROBE_MS = 100;
const alice = 'alice@example.com';
/** ConfigMaps that are written to be captured. */
const written = ['c-1', 'c-upgraded', 'c-2', 'c-handed-over', 'c-of-the-other'] as const;

interface Installation {
  readonly dir: string;
  readonly plane: ControlPlane;
  readonly remote: BareRemote;
  readonly ssh: SshGitServer;
  readonly bundle: string;
  /** kubectl that fails on a warning too: the API server warns of what `restricted` would refuse. */
  kubectl(args: readonly string[], input?: string, user?: User): Promise<string>;
}

function strictKubectl(plane: ControlPlane): Installation['kubectl'] {
  return async (args, input, user = 'admin') => {
    const options = input === undefined ? {} : { input };
    const { code, stdout, stderr } = await plane.kubectl(user, args, options);
    assert.is(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
    assert.is(stderr, '', `kubectl ${args.join(' ')}`);
    return stdout;
  };
}

interface Synthesized {
  readonly path: string;
  readonly deployment: DeploymentManifest;
  readonly roles: readonly RoleManifest[];
}

/** A folder of manifests, made by the command that users run, and what is in it. */
async function synthesize(dir: string, image?: string): Promise<Synthesized> {
  const path = await mkdtemp(join(dir, 'manifests-'));
  const cdk8s = join(root, 'node_modules/.bin/cdk8s');
  const env = { ...process.env, ...(image === undefined ? {} : { GITOPS_REVERSER_IMAGE: image }) };
  await mustRun(cdk8s, ['synth', '--no-check-upgrade', '--output', path], { cwd: root, env });
  return readManifests(path);
}

/** Manifests of two replicas, as an app of one's own makes them. */
async function synthesizeTwo(dir: string): Promise<Synthesized> {
  const path = await mkdtemp(join(dir, 'manifests-'));
  const app = new App({ outdir: path });
  new InstallChart(app, 'gitops-reverser', { replicas: 2 });
  app.synth();
  return readManifests(path);
}

function readManifests(path: string): Synthesized {
  const manifests = Yaml.load(join(path, 'gitops-reverser.k8s.yaml')) as readonly { readonly kind: string }[];
  const ofKind = <T>(kind: string) =>
    manifests.filter((manifest) => manifest.kind === kind) as unknown as T[];
  return {
    path,
    deployment: ofKind<DeploymentManifest>('Deployment')[0] as DeploymentManifest,
    roles: manifests.filter(isRole),
  };
}

/** Every object of the cluster that the installation may leave behind, by kind, namespace and name. */
async function everything({ kubectl }: Installation): Promise<readonly string[]> {
  const kinds = (await kubectl(['api-resources', '--verbs=list', '-o', 'name'])).trim().split('\n');
  // What the control plane writes by itself.
  const left = kinds.filter((kind) => !/^(events|leases|endpoint|componentstatuses)/.test(kind));
  const columns =
    'custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name,D:.metadata.deletionTimestamp';
  const listed = await kubectl(['get', left.join(','), '-A', '-o', columns, '--no-headers']);
  return listed.trim().split('\n').sort();
}

const lines = (pattern: string, count: number) => new RegExp(`^(\\S+ ${pattern}\n){${count}}$`);

async function checkApply({ kubectl }: Installation, manifests: string): Promise<void> {
  assert.match(await kubectl(['apply', '-f', manifests]), lines('created', objects));
  assert.match(await kubectl(['apply', '-f', manifests]), lines('unchanged', objects));
  // The CRDs as files are the same objects.
  assert.match(await kubectl(['apply', '-f', join(root, 'crds')]), lines('unchanged', 2));
  // With a manager of its own, for kubectl's takes over what client-side apply made, which a dry run cannot store.
  const serverSide = ['apply', '--server-side', '-f', manifests];
  const dryRun = [...serverSide, '--dry-run=server', '--field-manager=dry-run'];
  assert.match(await kubectl(dryRun), lines('serverside-applied \\(server dry run\\)', objects));
  assert.match(await kubectl(serverSide), lines('serverside-applied', objects));
  // And back, as who tries both does.
  assert.match(await kubectl(['apply', '-f', manifests]), lines('(configured|unchanged)', objects));
}

/** No node runs it here, but the namespace, which enforces `restricted`, has to admit the Pods. */
async function checkPodsAreAdmitted({ kubectl }: Installation, replicas: number): Promise<void> {
  const labels = 'app.kubernetes.io/name=gitops-reverser,app.kubernetes.io/component=operator';
  const pods = ['get', 'pods', '-n', namespace, '-l', labels, '-o', 'name', '--ignore-not-found'];
  const all = new RegExp(`^(pod/gitops-reverser-\\S+\n){${replicas}}$`);
  await poll(async () => all.test(await kubectl(pods).catch(() => '')), { what: `${replicas} Pods` });
}

/** And it refuses what is not restricted. */
async function checkPodsAreRestricted({ plane }: Installation): Promise<void> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'any', namespace } };
  const input = JSON.stringify({ ...pod, spec: { containers: [{ name: 'any', image: 'any' }] } });
  const refused = await plane.kubectl('admin', ['apply', '--dry-run=server', '-f', '-'], { input });
  assert.match(refused.stderr, 'violates PodSecurity "restricted:latest"');
}

/**
 * One right is not for a call: with OwnerReferencesPermissionEnforcement, which this API server has, the owner of an
 * object is set only by who may delete it.
 */
const NOT_CALLED = 'delete validatingwebhookconfigurations.admissionregistration.k8s.io gitops-reverser';

/** Without that right the operator could not register its webhooks. */
async function checkOwnerNeedsDelete(
  { kubectl, plane }: Installation,
  roles: readonly RoleManifest[],
): Promise<void> {
  const name = 'without-delete';
  const rules = roles
    .find(({ kind }) => kind === 'ClusterRole')
    ?.rules.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'delete') }));
  const rbac = 'rbac.authorization.k8s.io';
  const role = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
  const binding = {
    ...role,
    kind: 'ClusterRoleBinding',
    rules: undefined,
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: rbac, kind: 'User', name }],
  };
  const both = `${JSON.stringify(role)}\n---\n${JSON.stringify(binding)}`;
  await kubectl(['apply', '-f', '-'], both);
  const stored = JSON.parse(await kubectl(['get', configuration, '-o', 'json']));
  stored.metadata.ownerReferences[0].blockOwnerDeletion = false;
  const replaceAs = (user: string) =>
    plane.kubectl('admin', ['replace', '--dry-run=server', '--as', user, '-f', '-'], {
      input: JSON.stringify(stored),
    });
  assert.match((await replaceAs(name)).stderr, "cannot set an ownerRef on a resource you can't delete");
  assert.is((await replaceAs(OPERATOR_ACCOUNT)).code, 0);
  await kubectl(['delete', '-f', '-'], both);
  plane.rights.excuse(NOT_CALLED);
}

/** What people do after the installation: credentials, where to commit, what to capture. */
async function checkCapture(installation: Installation, name: (typeof written)[number]): Promise<void> {
  const { kubectl, remote, ssh } = installation;
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'git-credentials', namespace: 'staging' },
    stringData: { 'ssh-key': ssh.privateKey, 'known-hosts': ssh.knownHosts() },
  };
  const repository = {
    apiVersion: 'configbutler.ai/v1alpha1',
    kind: 'GitRepoConfig',
    metadata: { name: 'audit-repo', namespace: 'staging' },
    spec: { url: ssh.url(remote.path), secretRef: { name: 'git-credentials' }, push: { minInterval: '0s' } },
  };
  const resources = [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['c-*'] }];
  const rule = watchRule('config-maps', { resources }, 'staging');
  await kubectl(
    ['apply', '-f', '-'],
    [secret, repository, rule].map((object) => JSON.stringify(object)).join('\n---\n'),
  );
  await kubectl(['wait', '-n', 'staging', 'watchrule/config-maps', '--for=condition=Ready', '--timeout=30s']);
  await checkCommit(installation, name);
}

async function checkCommit({ kubectl, remote }: Installation, name: (typeof written)[number]): Promise<void> {
  await kubectl(['apply', '-f', '-'], JSON.stringify(configMap('staging', name, {})), alice);
  const subject = `[CREATE] ConfigMap/${name} in ns/staging by user/${alice}`;
  const subjects = async () => (await remote.log()).map((commit) => commit.subject);
  await poll(async () => (await subjects()).includes(subject), { what: subject });
}

/** A changed synth is applied: what did not change stays untouched, and the operator goes on. */
async function upgrade({ kubectl, dir }: Installation): Promise<Synthesized> {
  const changed = await synthesize(dir, 'registry.example.com/gitops-reverser:another');
  const applied = (await kubectl(['apply', '-f', changed.path])).trim().split('\n');
  assert.equal(
    applied.filter((line) => !line.endsWith(' unchanged')),
    ['deployment.apps/gitops-reverser configured'],
  );
  // A certificate that cannot be used is made anew, which needs a right that seldom is.
  const broken = JSON.stringify({ data: { 'ca.crt': Buffer.from('broken').toString('base64') } });
  await kubectl(['patch', '-n', namespace, 'secret/gitops-reverser-webhook-tls', '-p', broken]);
  return changed;
}

type StartOperator = (
  home: InstalledHome,
  deployment: DeploymentManifest,
  webhookUrl?: string,
) => Promise<InstalledOperator>;

/** End what `use` started, search what it left for values of Secrets, and keep what it logged. */
async function withOperators(
  { plane, remote, kubectl }: Installation,
  use: (start: StartOperator) => Promise<void>,
): Promise<void> {
  const started: InstalledOperator[] = [];
  try {
    await use(async (home, deployment, webhookUrl) => {
      const operator = await home.start(plane, deployment, webhookUrl === undefined ? {} : { webhookUrl });
      started.push(operator);
      return operator;
    });
    for (const { home, lastMetrics } of started) {
      const list = (kinds: string) => kubectl(['get', kinds, '-A', '-o', 'json']);
      await assertNoLeaks({ remotes: [remote.path], operatorFolder: home, metrics: lastMetrics(), list });
    }
  } finally {
    const logFile = process.env.GITOPS_REVERSER_TEST_LOG;
    for (const operator of started) {
      await operator.kill();
      if (logFile !== undefined) await appendFile(logFile, await operator.logs());
    }
  }
}

/** One replica, which is upgraded. Tells what is installed at the end. */
async function liveAlone(installation: Installation, { path, deployment, roles }: Synthesized) {
  const { kubectl, dir, bundle } = installation;
  let installed = path;
  await checkApply(installation, path);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await checkPodsAreAdmitted(installation, 1);
  const home = await makeInstalledHome(dir, bundle);
  if (home.unconstrained !== undefined) {
    console.log(`not under the constraints of the container: ${home.unconstrained}`);
  }
  await withOperators(installation, async (start) => {
    const operator = await start(home, deployment);
    await checkCapture(installation, 'c-1');
    await checkPodsAreRestricted(installation);
    await checkOwnerNeedsDelete(installation, roles);
    assert.is(await operator.stop(), 0);
    const upgraded = await upgrade(installation);
    installed = upgraded.path;
    const another = await start(home, upgraded.deployment);
    await checkCommit(installation, 'c-upgraded');
    assert.is(await another.stop(), 0);
  });
  return installed;
}

/** Two replicas, applied by the server; the one that leads is told to go, and the other goes on. */
async function liveInTwo(installation: Installation, alone: Synthesized, { path, deployment }: Synthesized) {
  const { kubectl, dir, bundle } = installation;
  const apply = ['apply', '--server-side', '-f'];
  assert.match(await kubectl([...apply, path]), lines('serverside-applied', objectsOfSeveral));
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  // The way back, which forbids what a rollout of several needs.
  await kubectl([...apply, alone.path, '--dry-run=server']);
  await checkPodsAreAdmitted(installation, 2);
  const front = await startServiceFront(PROBE_MS);
  try {
    await withOperators(installation, async (start) => {
      const replicas: InstalledOperator[] = [];
      const add = async () => {
        const home = await makeInstalledHome(dir, bundle);
        replicas.push(await start(home, deployment, `https://127.0.0.1:${front.port}`));
        await leadTo(front, replicas);
      };
      await add();
      await checkCapture(installation, 'c-2');
      await add();
      assert.equal(await Promise.all(replicas.map(isLeading)), [true, false]);
      const [leader, other] = replicas as [InstalledOperator, InstalledOperator];
      const stopped = leader.stop();
      await checkCommit(installation, 'c-handed-over');
      assert.is(await stopped, 0);
      assert.ok(await isLeading(other));
      await checkCommit(installation, 'c-of-the-other');
      assert.is(await other.stop(), 0);
    });
  } finally {
    await front.stop();
  }
  return path;
}

/** Have the front lead to these replicas, and wait until it does. */
async function leadTo(front: ServiceFront, replicas: readonly InstalledOperator[]): Promise<void> {
  front.setBackends(
    replicas.map(({ webhookPort, statusUrl }) => ({ port: webhookPort, readyUrl: `${statusUrl}/readyz` })),
  );
  await poll(() => front.ready().length === replicas.length, { what: 'reviews to be led to all replicas' });
}

/** From nothing to nothing; `live` tells what it installed at last. */
async function checkLife(installation: Installation, live: () => Promise<string>): Promise<void> {
  const { kubectl } = installation;
  const before = await everything(installation);
  const manifests = await live();
  // It waits until everything is gone, the namespace with all that was in it included.
  await kubectl(['delete', '-f', manifests, '--timeout=60s']);
  const captured = ['secret/git-credentials', ...written.map((name) => `configmap/${name}`)];
  await kubectl(['delete', '-n', 'staging', '--ignore-not-found', ...captured]);
  await poll(async () => String(await everything(installation)) === String(before), {
    what: 'nothing to be left',
  });
}

test('install: applied, run as its account, upgraded, deleted; twice, and with no right too many', () =>
  withTempDir(async (dir) => {
    const admission = '--enable-admission-plugins=OwnerReferencesPermissionEnforcement';
    const file = join(dir, 'bundle.mjs');
    const [plane, alone, two] = await Promise.all([
      startControlPlane({ apiServerFlags: [admission] }),
      synthesize(dir),
      synthesizeTwo(dir),
      placeBundle(file),
    ]);
    const ssh = await startSshGitServer();
    const remote = await makeBareRemote({ search: false });
    try {
      await chmod(dir, 0o755);
      plane.rights.grant(two.roles);
      const kubectl = strictKubectl(plane);
      const installation = { dir, plane, remote, ssh, kubectl, bundle: file };
      await checkLife(installation, () => liveAlone(installation, alone));
      await checkLife(installation, () => liveInTwo(installation, alone, two));
      const report = reportRights(two.roles, await plane.rights.calls());
      assert.equal(report, { refused: [], uncovered: [], unused: [NOT_CALLED] });
    } finally {
      await plane.stop();
      await ssh.stop();
      await remote.remove();
    }
  }));

test.run();
