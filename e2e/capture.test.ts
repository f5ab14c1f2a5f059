/**
 * The main job: every kind of change becomes one commit with the right file, seconds later, in the right order.
 * Files, messages and trees are compared byte for byte on the remote.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoggedCommit } from '../src/testing/bare-remote.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { widgetCrd } from '../src/testing/widget-crd.ts';

/** What a step must leave on the remote. */
interface Expected {
  readonly subject: string;
  /** Path to content after the commit; null: the file is gone. Nothing else may change in the commit. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** The paths that a commit changes. */
async function changedPaths({ remote }: Scenario, sha: string): Promise<string[]> {
  const output = await remote.git('diff-tree', '--root', '--no-commit-id', '--name-only', '-r', '-z', sha);
  return output.split('\0').filter(Boolean).sort();
}

async function expectCommit(scenario: Scenario, { subject, files }: Expected): Promise<LoggedCommit> {
  const commit = await scenario.commit(subject);
  assert.equal(await changedPaths(scenario, commit.sha), Object.keys(files).sort(), subject);
  for (const [path, content] of Object.entries(files)) {
    const found = await scenario.remote.git('ls-tree', commit.sha, '--', path);
    if (content === null) assert.is(found, '', `${path} is gone`);
    else assert.is(await scenario.remote.git('show', `${commit.sha}:${path}`), content, path);
  }
  return commit;
}

const configMapFile = (name: string, namespace: string, data: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ${namespace}
data:
${data}`;

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] },
    },
  },
};

const widget = (group: string, size: number) => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name: 'gear', namespace: 'shop' },
  spec: { size },
});

test('capture: every kind of change is one commit with the right file', () =>
  withScenario(async (scenario) => {
    const { apply, commit, kubectl, remote, subjects, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply('admin', configMap('shop', 'before', { color: 'red' }));
    await apply('admin', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'older', namespace: 'shop' },
      stringData: { k: secretValue('older') },
    });

    // Objects that existed before the rule: one snapshot.
    await apply('admin', gitRepoConfig(remote));
    await apply('admin', watchRule('everything', { resources: [{ apiVersion: '*', kind: '*' }] }));
    await waitFor('default watchrule/everything');
    await waitFor('default gitrepoconfig/audit-repo');
    const [snapshot, ...others] = await subjects();
    assert.match(snapshot as string, /^\[SNAPSHOT\] /);
    assert.is(others.length, 0);
    const paths = await remote.files('main');
    for (const path of [
      'namespaces/shop/ConfigMap/before.yaml',
      'namespaces/shop/Secret/older.yaml',
      'namespaces/shop/ServiceAccount/default.yaml',
      'namespaces/default/WatchRule.configbutler.ai/everything.yaml',
      'cluster-scoped/Namespace/shop.yaml',
      'cluster-scoped/ClusterRole/system%3Anode.yaml',
    ]) {
      assert.ok(paths.includes(path), path);
    }
    // What no person writes stays out of wildcards.
    for (const left of ['/Lease/', '/Event', '/Endpoint', 'kube-root-ca.crt']) {
      assert.equal(
        paths.filter((path) => path.includes(left)),
        [],
        left,
      );
    }
    assert.is(
      await remote.read('main', 'namespaces/shop/ConfigMap/before.yaml'),
      configMapFile('before', 'shop', '  color: red\n'),
    );

    // Create, with the whole message.
    const path = 'namespaces/shop/ConfigMap/app-config.yaml';
    await apply('alice@example.com', configMap('shop', 'app-config', { mode: 'on', size: '1' }));
    const created = await expectCommit(scenario, {
      subject: '[CREATE] ConfigMap/app-config in ns/shop by user/alice@example.com',
      files: { [path]: configMapFile('app-config', 'shop', `  mode: "on"\n  size: "1"\n`) },
    });
    const version = await kubectl('admin', [
      'get',
      'cm',
      'app-config',
      '-n',
      'shop',
      '-o',
      'jsonpath={.metadata.resourceVersion}',
    ]);
    const createdAt = await kubectl('admin', [
      'get',
      'cm',
      'app-config',
      '-n',
      'shop',
      '-o',
      'jsonpath={.metadata.creationTimestamp}',
    ]);
    assert.is(
      created.message,
      `[CREATE] ConfigMap/app-config in ns/shop by user/alice@example.com

- Resource: ConfigMap/app-config
- Namespace: shop
- Operation: CREATE
- User: alice@example.com
- Timestamp: ${new Date(created.authorDate).toISOString().slice(0, 19)}Z
- Resource Version: ${version}`,
    );
    // When the request was reviewed, to the second.
    assert.ok(Math.abs(Date.parse(created.authorDate) - Date.parse(createdAt)) <= 1_000);
    assert.equal(created.author, { name: 'alice@example.com', email: 'alice@example.com' });
    assert.equal(created.committer, { name: 'GitOps Reverser', email: 'gitops-reverser@cluster.local' });

    // Update (replace), patch, server-side apply: one commit each.
    const replaced = configMap('shop', 'app-config', { mode: 'off' });
    await kubectl('alice@example.com', ['replace', '-f', '-'], JSON.stringify(replaced));
    await kubectl('alice@example.com', [
      'patch',
      'cm',
      'app-config',
      '-n',
      'shop',
      '--type=merge',
      '-p',
      '{"data":{"mode":"auto"}}',
    ]);
    const ssa = configMap('shop', 'app-config', { note: 'line 1\nline 2\n' });
    await kubectl('alice@example.com', ['apply', '--server-side', '-f', '-'], JSON.stringify(ssa));
    const updated = '[UPDATE] ConfigMap/app-config in ns/shop by user/alice@example.com';
    await poll(async () => (await subjects()).filter((subject) => subject === updated).length === 3, {
      what: 'three updates',
    });
    const updates = (await remote.log('main')).filter(({ subject }) => subject === updated).reverse();
    const contents = await Promise.all(updates.map(({ sha }) => remote.git('show', `${sha}:${path}`)));
    assert.equal(contents, [
      configMapFile('app-config', 'shop', '  mode: "off"\n'),
      configMapFile('app-config', 'shop', '  mode: auto\n'),
      configMapFile('app-config', 'shop', '  mode: auto\n  note: |\n    line 1\n    line 2\n'),
    ]);

    // A Deployment: its ReplicaSet and Pods, and the controller's own writes, stay out; scale is a change.
    await apply('alice@example.com', deployment);
    await commit('[CREATE] Deployment/web in ns/shop by user/alice@example.com');
    await poll(async () => (await kubectl('admin', ['get', 'pods', '-n', 'shop', '-o', 'name'])) !== '', {
      what: 'a Pod',
    });
    await kubectl('admin', ['scale', 'deployment/web', '-n', 'shop', '--replicas=3']);
    const scaled = await commit('[UPDATE] Deployment/web in ns/shop by user/admin');
    assert.match(await remote.git('show', '--format=', scaled.sha), /^-\s+replicas: 1\n\+\s+replicas: 3$/m);
    // A status is nobody's change: what follows it in the same watch is there, and nothing in between.
    const status = JSON.stringify({ status: { observedGeneration: 99 } });
    await kubectl('admin', [
      'patch',
      'deployment',
      'web',
      '-n',
      'shop',
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    ]);
    await kubectl('admin', ['label', 'deployment', 'web', '-n', 'shop', 'team=checkout']);
    await poll(
      async () =>
        (await remote.read('main', 'namespaces/shop/Deployment/web.yaml'))?.includes('team: checkout'),
      {
        what: 'the label in Git',
      },
    );
    assert.is((await subjects()).filter((subject) => subject.includes('Deployment/web')).length, 3);
    const all = await remote.files('main');
    assert.equal(
      all.filter((one) => /\/(Pod|ReplicaSet)\//.test(one)),
      [],
    );

    // CRDs installed after the rule; two groups with the same kind.
    for (const group of ['one.example.com', 'two.example.com']) {
      await apply('admin', widgetCrd(group));
      await kubectl('admin', ['wait', '--for=condition=Established', `crd/widgets.${group}`]);
      await poll(
        async () =>
          (
            await scenario.controlPlane.kubectl('admin', ['create', '-f', '-'], {
              input: JSON.stringify(widget(group, 1)),
            })
          ).code === 0,
        { what: 'the kind to be served' },
      );
      await poll(
        async () => (await remote.files('main')).includes(`namespaces/shop/Widget.${group}/gear.yaml`),
        { what: `the Widget of ${group}` },
      );
    }
    assert.equal(
      // Made in the moment in which their kind appeared, maybe before the API server called the webhook for it.
      (await subjects())
        .filter((subject) => subject.includes('Widget/gear'))
        .map((subject) => subject.replace(/ by user.*/, '')),
      ['[CREATE] Widget/gear in ns/shop', '[CREATE] Widget/gear in ns/shop'],
    );
    assert.is(
      await remote.read('main', 'namespaces/shop/Widget.two.example.com/gear.yaml'),
      `apiVersion: two.example.com/v1\nkind: Widget\nmetadata:\n  name: gear\n  namespace: shop\nspec:\n  size: 1\n`,
    );

    // Cluster-scoped, with a name that is no file name.
    await kubectl('admin', ['create', 'clusterrole', 'ops:reader', '--verb=get', '--resource=pods']);
    await expectCommit(scenario, {
      subject: '[CREATE] ClusterRole/ops:reader by user/admin',
      files: {
        'cluster-scoped/ClusterRole/ops%3Areader.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ops:reader
rules:
- apiGroups:
  - ""
  resources:
  - pods
  verbs:
  - get
`,
      },
    });

    // Delete; deletecollection by label, one commit each; siblings stay.
    await kubectl('alice@example.com', ['delete', 'cm', 'app-config', '-n', 'shop']);
    await expectCommit(scenario, {
      subject: '[DELETE] ConfigMap/app-config in ns/shop by user/alice@example.com',
      files: { [path]: null },
    });
    for (const name of ['a', 'b', 'c'])
      await apply('admin', configMap('shop', name, {}, { labels: { sweep: 'yes' } }));
    await kubectl('admin', ['delete', 'cm', '-n', 'shop', '-l', 'sweep=yes']);
    for (const name of ['a', 'b', 'c']) {
      await expectCommit(scenario, {
        subject: `[DELETE] ConfigMap/${name} in ns/shop by user/admin`,
        files: { [`namespaces/shop/ConfigMap/${name}.yaml`]: null },
      });
    }
    assert.ok((await remote.files('main')).includes('namespaces/shop/ConfigMap/before.yaml'));

    // A finalizer holds the object; its file leaves with the request, and nothing follows.
    await apply('admin', configMap('shop', 'held', {}, { finalizers: ['example.com/hold'] }));
    await commit('[CREATE] ConfigMap/held in ns/shop by user/admin');
    await kubectl('admin', ['delete', 'cm', 'held', '-n', 'shop', '--wait=false']);
    await expectCommit(scenario, {
      subject: '[DELETE] ConfigMap/held in ns/shop by user/admin',
      files: { 'namespaces/shop/ConfigMap/held.yaml': null },
    });
    await kubectl('admin', [
      'patch',
      'cm',
      'held',
      '-n',
      'shop',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/metadata/finalizers"}]',
    ]);
    await apply('admin', configMap('shop', 'after-held', {}));
    await commit('[CREATE] ConfigMap/after-held in ns/shop by user/admin');
    assert.is((await subjects()).filter((subject) => subject.includes('ConfigMap/held ')).length, 2);

    // A namespace goes, and everything in it.
    await kubectl('admin', ['delete', 'namespace', 'shop']);
    await poll(
      async () =>
        !(await remote.files('main')).some(
          (one) => one.startsWith('namespaces/shop/') || one === 'cluster-scoped/Namespace/shop.yaml',
        ),
      { what: 'the namespace to leave Git' },
    );
    await commit('[DELETE] Namespace/shop by user/admin');

    // One commit for each change, each on top of the one before.
    const log = await remote.log('main');
    assert.ok(log.every(({ parents }, at) => parents.length === (at === log.length - 1 ? 0 : 1)));
    assert.is(await scenario.operator().stop(), 0);
  }));

test('capture: a burst of 1,000 ConfigMaps is 1,000 commits in the order of the API server', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, subjects, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', 'burst']);
    await apply('admin', gitRepoConfig(remote));
    await apply(
      'admin',
      watchRule('burst', { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['burst-*'] }] }),
    );
    await waitFor('default watchrule/burst');
    const count = 1_000;
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: Array.from({ length: count }, (_, at) => configMap('burst', `burst-${at}`, { at: String(at) })),
    };
    await kubectl('admin', ['create', '-f', '-'], JSON.stringify(list));
    await poll(async () => (await subjects()).length >= count, {
      timeoutMs: 60_000,
      what: 'all commits on the remote',
    });
    const names = (await subjects()).map((subject) => /ConfigMap\/(\S+)/.exec(subject)?.[1]);
    const stored = await kubectl('admin', [
      'get',
      'cm',
      '-n',
      'burst',
      '-o',
      'jsonpath={range .items[*]}{.metadata.resourceVersion} {.metadata.name}{"\\n"}{end}',
    ]);
    const inOrder = stored
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string])
      .filter(([, name]) => name.startsWith('burst-'))
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, name]) => name);
    assert.is(inOrder.length, count);
    assert.equal(names, inOrder);
    assert.is((await remote.files('main')).length, count);
  }));

test.run();
