/**
 * The synthesized manifests from installation to uninstallation, as a user would do it, with the operator running as
 * the account that they make, under the constraints of its container. The API server's audit tells what the account
 * used: that is exactly what its roles grant.
 */
import { appendFile, chmod, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Yaml } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundle } from '../scripts/bundle.ts';
import { makeAudit } from '../src/testing/api-audit.ts';
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
import { poll } from '../src/testing/poll.ts';
import { type RoleManifest, reportRights } from '../src/testing/rights.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { configMap, watchRule } from '../src/testing/scenario.ts';
import { type SshGitServer, startSshGitServer } from '../src/testing/ssh-git-server.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const root = resolve(import.meta.dirname, '..');
const namespace = 'gitops-reverser-system';
const account = `system:serviceaccount:${namespace}:gitops-reverser`;
const configuration = 'validatingwebhookconfiguration/gitops-reverser';
const objects = 12;
const alice = 'alice@example.com';

interface Installation {
  readonly synthesized: Synthesized;
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
  const manifests = Yaml.load(join(path, 'gitops-reverser.k8s.yaml')) as readonly { readonly kind: string }[];
  const ofKind = <T>(kind: string) =>
    manifests.filter((manifest) => manifest.kind === kind) as unknown as T[];
  return {
    path,
    deployment: ofKind<DeploymentManifest>('Deployment')[0] as DeploymentManifest,
    roles: [...ofKind<RoleManifest>('Role'), ...ofKind<RoleManifest>('ClusterRole')],
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

/** No node runs it here, but the namespace, which enforces `restricted`, has to admit the Pod. */
async function checkPodIsAdmitted({ kubectl }: Installation): Promise<void> {
  const labels = 'app.kubernetes.io/name=gitops-reverser,app.kubernetes.io/component=operator';
  const pods = ['get', 'pods', '-n', namespace, '-l', labels, '-o', 'name', '--ignore-not-found'];
  const pod = await poll(async () => (await kubectl(pods).catch(() => '')) || false, { what: 'the Pod' });
  assert.match(pod, /^pod\/gitops-reverser-\S+\n$/);
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
  assert.is((await replaceAs(account)).code, 0);
  await kubectl(['delete', '-f', '-'], both);
}

/** What people do after the installation: credentials, where to commit, what to capture. */
async function checkCapture(installation: Installation, round: number): Promise<void> {
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
  await checkCommit(installation, `c-${round}`);
}

async function checkCommit({ kubectl, remote }: Installation, name: string): Promise<void> {
  await kubectl(['apply', '-f', '-'], JSON.stringify(configMap('staging', name, {})), alice);
  const subject = `[CREATE] ConfigMap/${name} in ns/staging by user/${alice}`;
  const subjects = async () => (await remote.log()).map((commit) => commit.subject);
  await poll(async () => (await subjects()).includes(subject), { what: subject });
}

/** A changed synth is applied: what did not change stays untouched, and the operator goes on. */
async function upgrade(
  installation: Installation,
  dir: string,
  { home, operator: running }: { readonly home: InstalledHome; readonly operator: InstalledOperator },
) {
  const { kubectl, plane } = installation;
  const { path, deployment } = await synthesize(dir, 'registry.example.com/gitops-reverser:another');
  assert.is(await running.stop(), 0);
  const applied = (await kubectl(['apply', '-f', path])).trim().split('\n');
  assert.equal(
    applied.filter((line) => !line.endsWith(' unchanged')),
    ['deployment.apps/gitops-reverser configured'],
  );
  // A certificate that cannot be used is made anew, which needs a right that seldom is.
  const broken = JSON.stringify({ data: { 'ca.crt': Buffer.from('broken').toString('base64') } });
  await kubectl(['patch', '-n', namespace, 'secret/gitops-reverser-webhook-tls', '-p', broken]);
  const operator = await home.start(plane, deployment);
  await checkCommit(installation, 'c-upgraded');
  return { path, operator };
}

/** From nothing to nothing. */
async function checkLife(installation: Installation, dir: string, round: number): Promise<void> {
  const { kubectl, plane } = installation;
  const before = await everything(installation);
  const { path, deployment, roles } = installation.synthesized;
  if (round === 1) await checkApply(installation, path);
  else assert.match(await kubectl(['apply', '-f', path]), lines('created', objects));
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await checkPodIsAdmitted(installation);
  const home = await makeInstalledHome(dir, installation.bundle);
  if (home.unconstrained !== undefined) {
    console.log(`not under the constraints of the container: ${home.unconstrained}`);
  }
  let operator = await home.start(plane, deployment);
  let manifests = path;
  try {
    await checkCapture(installation, round);
    if (round === 1) {
      await checkPodsAreRestricted(installation);
      await checkOwnerNeedsDelete(installation, roles);
      ({ path: manifests, operator } = await upgrade(installation, dir, { home, operator }));
    }
    assert.is(await operator.stop(), 0);
  } finally {
    await operator.kill();
    const logFile = process.env.GITOPS_REVERSER_TEST_LOG;
    if (logFile !== undefined) await appendFile(logFile, await operator.logs());
  }
  // It waits until everything is gone, the namespace with all that was in it included.
  await kubectl(['delete', '-f', manifests, '--timeout=60s']);
  const written = ['c-1', 'c-2', 'c-upgraded'].map((name) => `configmap/${name}`);
  await kubectl(['delete', '-n', 'staging', '--ignore-not-found', 'secret/git-credentials', ...written]);
  await poll(async () => String(await everything(installation)) === String(before), {
    what: 'nothing to be left',
  });
}

test('install: applied, run as its account, upgraded, deleted; twice, and with no right too many', () =>
  withTempDir(async (dir) => {
    const audit = await makeAudit(dir, account);
    const admission = '--enable-admission-plugins=OwnerReferencesPermissionEnforcement';
    const file = join(dir, 'bundle.mjs');
    const [plane, synthesized] = await Promise.all([
      startControlPlane({ apiServerFlags: [...audit.apiServerFlags, admission] }),
      synthesize(dir),
      bundle(file),
    ]);
    const ssh = await startSshGitServer();
    const remote = await makeBareRemote();
    try {
      await chmod(dir, 0o755);
      const kubectl = strictKubectl(plane);
      const installation = { plane, remote, ssh, synthesized, kubectl, bundle: file };
      await checkLife(installation, dir, 1);
      await checkLife(installation, dir, 2);
      const report = reportRights(synthesized.roles, await audit.calls());
      assert.equal(report, { refused: [], uncovered: [], unused: [NOT_CALLED] });
    } finally {
      await plane.stop();
      await ssh.stop();
      await remote.remove();
    }
  }));

test.run();
