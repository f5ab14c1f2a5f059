/** What rules select, live: labels of objects and namespaces, names, operations, fields, rules that change. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';

const file = (name: string, namespace = 'shop') => `namespaces/${namespace}/ConfigMap/${name}.yaml`;

/** Wait until a file is, or is not, in the branch. */
async function expectFile(
  { remote }: Scenario,
  path: string,
  isThere = true,
  branch = 'main',
): Promise<void> {
  await poll(async () => (await remote.files(branch)).includes(path) === isThere, {
    what: `${path} ${isThere ? 'in' : 'out of'} Git`,
  });
}

/** Make a change that is surely captured and wait for it: what was to come of earlier changes has come by then. */
async function settle(
  scenario: Scenario,
  namespace: string,
  marker: string,
  labels: object = {},
): Promise<void> {
  await scenario.apply('admin', configMap(namespace, marker, {}, { labels }));
  await expectFile(scenario, file(marker, namespace));
}

test('rules: the examples that users paste work verbatim', () =>
  withScenario(async (scenario) => {
    const { kubectl, remote, waitFor } = scenario;
    await kubectl('admin', [
      'create',
      'secret',
      'generic',
      'git-credentials',
      '--from-literal=username=u',
      `--from-literal=password=${secretValue('p')}`,
    ]);
    const examples = `apiVersion: configbutler.ai/v1alpha1
kind: GitRepoConfig
metadata: {name: audit-repo, namespace: default}
spec: {url: "${remote.url}", branch: main, secretRef: {name: git-credentials}}
---
apiVersion: configbutler.ai/v1alpha1
kind: WatchRule
metadata: {name: audited, namespace: default}
spec: {gitRepoConfigRef: audit-repo, resources: [{apiVersion: "v1", kind: ConfigMap}], namespaceSelector: {matchLabels: {audit: enabled}}}
---
apiVersion: configbutler.ai/v1alpha1
kind: WatchRule
metadata: {name: everything, namespace: default}
spec:
  gitRepoConfigRef: audit-repo
  resources: [{apiVersion: "*", kind: "*"}]
  excludeLabels: {matchLabels: {"gitops-reverser/ignore": "true"}}
`;
    await kubectl('admin', ['apply', '-f', '-'], examples);
    await waitFor('default gitrepoconfig/audit-repo');
    await waitFor('default watchrule/audited');
    await waitFor('default watchrule/everything');
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await scenario.apply(
      'admin',
      configMap('shop', 'ignored', {}, { labels: { 'gitops-reverser/ignore': 'true' } }),
    );
    await settle(scenario, 'shop', 'seen');
    await expectFile(scenario, file('ignored'), false);
    // An object that two rules match is committed once.
    await kubectl('admin', ['label', 'namespace', 'shop', 'audit=enabled']);
    await settle(scenario, 'shop', 'twice');
    assert.is((await scenario.subjects()).filter((subject) => subject.includes('ConfigMap/twice')).length, 1);
  }));

test('rules: scope moves with the labels of namespaces and objects', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, subjects, waitFor } = scenario;
    for (const namespace of ['shop', 'lab']) await kubectl('admin', ['create', 'namespace', namespace]);
    await apply('admin', gitRepoConfig(remote));
    await apply(
      'admin',
      watchRule('audited', {
        resources: [
          { apiVersion: 'v1', kind: 'ConfigMap' },
          { apiVersion: 'v1', kind: 'Namespace' },
        ],
        namespaceSelector: { matchLabels: { audit: 'enabled' } },
        excludeLabels: { matchLabels: { ignore: 'true' } },
      }),
    );
    await waitFor('default watchrule/audited');
    await apply('admin', configMap('shop', 'early', { v: '1' }));

    // The namespace enters: what it holds already is a snapshot, the Namespace itself is a change.
    await kubectl('admin', ['label', 'namespace', 'shop', 'audit=enabled']);
    await expectFile(scenario, file('early'));
    await expectFile(scenario, 'cluster-scoped/Namespace/shop.yaml');
    await expectFile(scenario, 'cluster-scoped/Namespace/lab.yaml', false);
    assert.is((await subjects()).filter((subject) => subject.startsWith('[SNAPSHOT]')).length, 1);
    await settle(scenario, 'shop', 'in-scope');

    // An object leaves: its file stays as it is; changes are not committed; its deletion is.
    await kubectl('admin', ['label', 'cm', 'early', '-n', 'shop', 'ignore=true']);
    await kubectl('admin', [
      'patch',
      'cm',
      'early',
      '-n',
      'shop',
      '--type=merge',
      '-p',
      '{"data":{"v":"2"}}',
    ]);
    await settle(scenario, 'shop', 'marker-1');
    assert.match((await remote.read('main', file('early'))) as string, /v: "1"/);
    // It comes back: one commit with what it is now.
    await kubectl('admin', ['label', 'cm', 'early', '-n', 'shop', 'ignore-']);
    await poll(async () => (await remote.read('main', file('early')))?.includes('v: "2"'), {
      what: 'the object back in scope',
    });
    await kubectl('admin', ['label', 'cm', 'early', '-n', 'shop', 'ignore=true']);
    await kubectl('admin', ['delete', 'cm', 'early', '-n', 'shop']);
    await expectFile(scenario, file('early'), false);

    // The namespace leaves: files stay, new objects stay out, deletions still count.
    await kubectl('admin', ['label', 'namespace', 'shop', 'audit-']);
    await kubectl('admin', ['label', 'namespace', 'lab', 'audit=enabled']);
    await expectFile(scenario, 'cluster-scoped/Namespace/lab.yaml');
    await apply('admin', configMap('shop', 'late', {}));
    await settle(scenario, 'lab', 'marker-2');
    await expectFile(scenario, file('late'), false);
    await expectFile(scenario, file('in-scope'));
    await kubectl('admin', ['delete', 'cm', 'in-scope', '-n', 'shop']);
    await expectFile(scenario, file('in-scope'), false);

    // A namespace that is born in scope: its first object is a change, not a snapshot.
    const born = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'born', labels: { audit: 'enabled' } },
    };
    await apply('admin', born, configMap('born', 'first', {}));
    await scenario.commit('[CREATE] ConfigMap/first in ns/born by user/admin');
    await scenario.commit('[CREATE] Namespace/born by user/admin');
  }));

test('rules: names, operations, object selectors and fields; a rule that changes', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, subjects, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply('admin', gitRepoConfig(remote));
    const resources = [
      { apiVersion: 'v1', kind: 'ConfigMap', names: ['app-*'], operations: ['CREATE', 'UPDATE'] },
    ];
    const spec = {
      resources,
      objectSelector: { matchLabels: { tier: 'web' } },
      excludeFields: ['data.build', 'metadata.annotations["ci/run"]'],
    };
    await apply('admin', watchRule('narrow', spec));
    await waitFor('default watchrule/narrow');
    const labels = { tier: 'web' };
    await apply(
      'admin',
      configMap('shop', 'other', {}, { labels }),
      configMap('shop', 'app-db', {}, { labels: { tier: 'db' } }),
    );
    const annotations = { 'ci/run': '17' };
    await apply(
      'admin',
      configMap('shop', 'app-web', { build: '17', color: 'red' }, { labels, annotations }),
    );
    await expectFile(scenario, file('app-web'));
    assert.is(
      await remote.read('main', file('app-web')),
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-web\n  namespace: shop\n  labels:\n    tier: web\ndata:\n  color: red\n',
    );
    // A change of left-out fields alone makes no commit; a rule without DELETE keeps the file.
    await kubectl('admin', [
      'patch',
      'cm',
      'app-web',
      '-n',
      'shop',
      '--type=merge',
      '-p',
      '{"data":{"build":"18"}}',
    ]);
    await kubectl('admin', ['delete', 'cm', 'app-web', '-n', 'shop']);
    await settle(scenario, 'shop', 'app-marker', labels);
    assert.equal(await remote.files('main'), [file('app-marker'), file('app-web')]);
    assert.is((await subjects()).length, 2);

    // The rule widens: what comes in is one snapshot; it narrows again, and files stay.
    await apply(
      'admin',
      watchRule('narrow', {
        ...spec,
        resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['app-*', 'other'] }],
      }),
    );
    await expectFile(scenario, file('other'));
    const last = (await subjects()).at(-1) as string;
    assert.match(last, /^\[SNAPSHOT\] /);

    // Suspended, nothing is committed; resumed, what happened meanwhile is, deletions too.
    await kubectl('admin', [
      'patch',
      'watchrule',
      'narrow',
      '--type=merge',
      '-p',
      '{"spec":{"suspend":true}}',
    ]);
    await waitFor(
      'default watchrule/narrow',
      'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=Suspended',
    );
    await apply('admin', configMap('shop', 'app-meanwhile', {}, { labels }));
    await kubectl('admin', [
      'patch',
      'watchrule',
      'narrow',
      '--type=merge',
      '-p',
      '{"spec":{"suspend":false}}',
    ]);
    await expectFile(scenario, file('app-meanwhile'));

    // Counts and kinds in the status.
    await waitFor('default watchrule/narrow');
    await poll(
      async () => {
        const { status } = await scenario.get<{
          status: { capturedObjects?: number; resources?: readonly { kind: string }[] };
        }>('watchrules/narrow');
        return status.capturedObjects === 3 && status.resources?.[0]?.kind === 'ConfigMap';
      },
      { what: 'the counts in the status' },
    );
  }));

test('rules: two repositories, and rule churn on one does not disturb the other', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply(
      'admin',
      gitRepoConfig(remote),
      gitRepoConfig(remote, { branch: 'second', path: 'clusters/one' }, 'second-repo'),
    );
    const resources = [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['n-*'] }];
    await apply('admin', watchRule('steady', { resources }));
    await waitFor('default watchrule/steady');
    const count = 60;
    const writing = (async () => {
      for (let at = 0; at < count; at++)
        await apply('admin', configMap('shop', `n-${at}`, { at: String(at) }));
    })();
    for (let round = 0; round < 3; round++) {
      await apply('admin', watchRule('churning', { resources, gitRepoConfigRef: 'second-repo' }));
      await waitFor('default watchrule/churning');
      await kubectl('admin', ['delete', 'watchrule', 'churning']);
    }
    await apply('admin', watchRule('churning', { resources, gitRepoConfigRef: 'second-repo' }));
    await writing;
    await poll(async () => (await remote.files('main')).length === count, { what: 'all files on main' });
    await poll(async () => (await remote.files('second')).length === count, { what: 'all files on second' });
    const subjects = await scenario.subjects();
    assert.equal(
      subjects,
      Array.from({ length: count }, (_, at) => `[CREATE] ConfigMap/n-${at} in ns/shop by user/admin`),
    );
    assert.ok(
      (await remote.files('second')).every((path) => path.startsWith('clusters/one/namespaces/shop/')),
    );
  }));

test.run();
