/**
 * The apps of examples/ as a user has them: in folders of their own, with the packed tarball installed, type-checked,
 * synthesized and applied. The operator of the tarball then captures a change by each of them.
 */
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Yaml } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, makeBareRemote } from '../src/testing/bare-remote.ts';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import type { User } from '../src/testing/control-plane/users.ts';
import {
  type DeploymentManifest,
  type InstalledOperator,
  makeInstalledHome,
} from '../src/testing/installed-operator.ts';
import { assertNoLeaks } from '../src/testing/leaks/scenario-leaks.ts';
import { poll } from '../src/testing/poll.ts';
import { isRole, reportRights } from '../src/testing/rights.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { configMap, watchRule } from '../src/testing/scenario.ts';
import { type SshGitServer, startSshGitServer } from '../src/testing/ssh-git-server.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const root = resolve(import.meta.dirname, '..');
const alice = 'alice@example.com';
const INSTALL_TIMEOUT_MS = 300_000;

interface World {
  /** The folder with the examples, below which `gitops-reverser` is installed. */
  readonly dir: string;
  readonly plane: ControlPlane;
  readonly ssh: SshGitServer;
  readonly remote: BareRemote;
  kubectl(args: readonly string[], input?: string, user?: User): Promise<string>;
  /** Run a program of the installed packages in an example's folder. */
  run(example: string, program: string, ...args: string[]): Promise<void>;
}

/** The tarball as it would be published, installed with its peers at the versions that this repository has tried. */
async function installTarball(dir: string): Promise<void> {
  const env = { ...process.env, npm_config_update_notifier: 'false' };
  await mustRun('npm', ['pack', '--silent', '--pack-destination', dir], {
    cwd: root,
    env,
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  const [tarball] = (await readdir(dir)).filter((name) => name.endsWith('.tgz')) as [string];
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const beside = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'typescript', 'tsx', '@types/node'];
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const wanted = [`./${tarball}`, ...beside.map((name) => `${name}@${devDependencies[name]}`)];
  // Scripts are not needed: the program that esbuild's would install comes as a package of its own.
  await mustRun(
    'npm',
    ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...wanted],
    {
      cwd: dir,
      env,
      timeoutMs: INSTALL_TIMEOUT_MS,
    },
  );
}

async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const [plane] = await Promise.all([
      startControlPlane(),
      installTarball(dir),
      cp(join(root, 'examples'), dir, { recursive: true, filter: (path) => !path.endsWith('node_modules') }),
      chmod(dir, 0o755),
    ]);
    const ssh = await startSshGitServer();
    const remote = await makeBareRemote({ search: false });
    // Each tenant's repository, by the name that the example gives it.
    await mkdir(join(dir, 'git'));
    await symlink(remote.path, join(dir, 'git/tenant-a.git'));
    const env = { ...process.env, GIT_URL: ssh.url(remote.path), GIT_SERVER: ssh.url(join(dir, 'git')) };
    try {
      await use({
        dir,
        plane,
        ssh,
        remote,
        async kubectl(args, input, user = 'admin') {
          const { code, stdout, stderr } = await plane.kubectl(
            user,
            args,
            input === undefined ? {} : { input },
          );
          assert.is(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
          return stdout;
        },
        run: async (example, program, ...args) => {
          const cwd = join(dir, example);
          await mustRun(join(dir, 'node_modules/.bin', program), args, { cwd, env });
        },
      });
    } finally {
      await plane.stop();
      await ssh.stop();
      await remote.remove();
    }
  });
}

/** Apply the first file, start the operator, bring the credentials, apply the others; take all away again. */
async function withInstalled(
  world: World,
  { manifests, namespaces }: { readonly manifests: string; readonly namespaces: readonly string[] },
  use: (operator: InstalledOperator) => Promise<void>,
): Promise<void> {
  const { kubectl, plane, dir } = world;
  const files = (await readdir(manifests)).sort().map((name) => join(manifests, name));
  const [installation, ...others] = files as [string, ...string[]];
  await kubectl(['apply', '-f', installation]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  for (const namespace of namespaces)
    await kubectl(['apply', '-f', '-'], JSON.stringify(credentials(world, namespace)));
  const installed = Yaml.load(installation) as readonly { readonly kind: string }[];
  plane.rights.grant(installed.filter(isRole));
  const deployment = installed.find(({ kind }) => kind === 'Deployment') as DeploymentManifest;
  const home = await makeInstalledHome(
    dir,
    join(dir, 'node_modules/gitops-reverser/dist/gitops-reverser.mjs'),
  );
  const operator = await home.start(plane, deployment);
  try {
    for (const file of others) await kubectl(['apply', '-f', file]);
    await use(operator);
    assert.is(await operator.stop(), 0);
    await assertNoLeaks({
      remotes: [world.remote.path],
      operatorFolder: operator.home,
      metrics: operator.lastMetrics(),
      list: (kinds) => kubectl(['get', kinds, '-A', '-o', 'json']),
    });
  } finally {
    await operator.kill();
  }
  for (const file of files.reverse()) await kubectl(['delete', '-f', file, '--timeout=60s']);
}

function credentials({ ssh }: World, namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'git-credentials', namespace },
    stringData: { 'ssh-key': ssh.privateKey, 'known-hosts': ssh.knownHosts() },
  };
}

/** A change of alice is committed as hers, at this path. */
async function checkCaptured({ kubectl, remote }: World, namespace: string, name: string, path: string) {
  await kubectl(['apply', '-f', '-'], JSON.stringify(configMap(namespace, name, {})), alice);
  const subject = `[CREATE] ConfigMap/${name} in ns/${namespace} by user/${alice}`;
  const commit = await poll(async () => (await remote.log()).find((one) => one.subject === subject), {
    what: subject,
  });
  assert.is(commit.author.email, alice);
  assert.ok((await remote.files()).includes(path), path);
}

const ready = (namespace: string, rule: string) =>
  ['wait', '-n', namespace, `watchrule/${rule}`, '--for=condition=Ready', '--timeout=30s'] as const;

async function checkOneTeam(world: World): Promise<void> {
  const { kubectl, dir } = world;
  const manifests = join(dir, 'one-team/dist');
  await withInstalled(world, { manifests, namespaces: ['gitops-audit'] }, async () => {
    await kubectl(ready('gitops-audit', 'workloads'));
    await kubectl(['label', 'namespace', 'staging', 'audit=enabled']);
    await checkCaptured(world, 'staging', 'one-team', 'namespaces/staging/ConfigMap/one-team.yaml');
  });
}

/** The one control plane here is the first cluster; what the other gets is the same but for its folder. */
async function checkManyClusters(world: World): Promise<void> {
  const { kubectl, dir } = world;
  const dist = join(dir, 'many-clusters/dist');
  await withInstalled(world, { manifests: join(dist, 'east'), namespaces: ['gitops-audit'] }, async () => {
    await kubectl(ready('gitops-audit', 'everything'));
    const path = 'clusters/east/namespaces/staging/ConfigMap/of-east.yaml';
    await checkCaptured(world, 'staging', 'of-east', path);
    const applied = await kubectl(['apply', '--dry-run=server', '-f', join(dist, 'west')]);
    const changed = applied.split('\n').filter((line) => line.includes(' configured'));
    assert.equal(changed, ['gitrepoconfig.configbutler.ai/audit-repo configured (server dry run)']);
  });
  const [config] = Yaml.load(join(dist, 'west/0001-audit.k8s.yaml'));
  assert.is(config.spec.path, 'clusters/west');
}

/** What the operator may not read is told in the rule's status, and hinders nobody else. */
async function checkPlatformTeam(world: World): Promise<void> {
  const { kubectl, dir, plane } = world;
  const manifests = join(dir, 'platform-team/dist');
  const before = (await plane.rights.calls()).length;
  await withInstalled(world, { manifests, namespaces: ['tenant-a'] }, async (operator) => {
    await kubectl(ready('tenant-a', 'workloads'));
    const resources = [
      { apiVersion: 'v1', kind: 'Secret' },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    ];
    await kubectl(['apply', '-f', '-'], JSON.stringify(watchRule('too-much', { resources }, 'tenant-a')));
    const condition = [
      'get',
      '-n',
      'tenant-a',
      'watchrule/too-much',
      '-o',
      'jsonpath={.status.conditions[?(@.type=="Ready")]}',
    ];
    const told = await poll(
      async () => {
        const text = await kubectl(condition);
        return text.includes('"reason":"Forbidden"') && JSON.parse(text);
      },
      { what: 'the missing right to be told' },
    );
    assert.is(told.status, 'False');
    assert.match(told.message, /cannot list resource "secrets" in API group "" at the cluster scope/);
    await checkCaptured(world, 'tenant-a', 'of-tenant', 'namespaces/tenant-a/ConfigMap/of-tenant.yaml');
    // What the rule selects beside it is captured nevertheless, and the operator is ready.
    const policy = { ...networkPolicy, metadata: { name: 'of-tenant', namespace: 'tenant-a' } };
    await kubectl(['apply', '-f', '-'], JSON.stringify(policy), alice);
    await poll(
      async () => (await world.remote.files()).includes('namespaces/tenant-a/NetworkPolicy/of-tenant.yaml'),
      {
        what: 'what the operator may read of the rule',
      },
    );
    assert.is((await fetch(`${operator.statusUrl}/readyz`)).status, 200);
    const roles = Yaml.load(join(manifests, '0000-platform.k8s.yaml')).filter(isRole);
    const { refused, uncovered, unused } = reportRights(roles, (await plane.rights.calls()).slice(before));
    assert.equal(refused, ['list secrets']);
    assert.equal(uncovered, ['list secrets']);
    plane.rights.expectRefused(...refused);
    // Rules select less than they might, and no certificate was renewed in so short a time.
    const ofRules = /^(list|watch) (configmaps|services|\w+\.apps|\*\.networking\.k8s\.io)$/;
    plane.rights.excuse(...unused.filter((right) => ofRules.test(right)));
    assert.equal(
      unused.filter((right) => !ofRules.test(right)),
      [
        'delete validatingwebhookconfigurations.admissionregistration.k8s.io gitops-reverser',
        'update secrets gitops-reverser-webhook-tls in gitops-reverser-system',
      ],
    );
    // A tenant whose credentials are missing waits for them.
    const other = [
      'get',
      '-n',
      'tenant-b',
      'gitrepoconfig/audit-repo',
      '-o',
      'jsonpath={.status.conditions[?(@.type=="Ready")].reason}',
    ];
    assert.is(await kubectl(other), 'SecretNotFound');
    await kubectl(ready('tenant-a', 'workloads'));
    assert.not.match(await operator.logs(), /"level":"?(error|50)/);
  });
}

const networkPolicy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
};

test('examples: installed from the tarball, type-checked, synthesized, applied, captured', () =>
  withWorld(async (world) => {
    for (const example of ['one-team', 'many-clusters', 'platform-team']) {
      await Promise.all([world.run(example, 'tsc', '--noEmit'), world.run(example, 'tsx', 'main.ts')]);
    }
    await checkOneTeam(world);
    await checkManyClusters(world);
    await checkPlatformTeam(world);
  }));

test.run();
