import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configurationName } from '../own-names.ts';
import { type ConfigurationInput, desiredConfiguration, reviewedBy } from './desired-configuration.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps' };
const deployments = { group: 'apps', version: 'v1', plural: 'deployments' };
const pods = { group: '', version: 'v1', plural: 'pods' };
const widgets = { group: 'example.com', version: 'v2', plural: 'widgets', scalable: true };

const input = (more: Partial<ConfigurationInput> = {}): ConfigurationInput => ({
  namespace: 'gitops-reverser-system',
  resources: [],
  endpoint: { url: 'https://10.0.0.1:9443/base/' },
  caBundle: 'PEM',
  ...more,
});
const make = (more: Partial<ConfigurationInput> = {}) => desiredConfiguration(input(more));
// biome-ignore lint/suspicious/noExplicitAny: a Kubernetes object, read by path
const webhooks = (more: Partial<ConfigurationInput> = {}): any[] => make(more).object.webhooks as any[];
const rulesOf = (more: Partial<ConfigurationInput>) =>
  webhooks(more)[0].rules.map(
    // biome-ignore lint/suspicious/noExplicitAny: a Kubernetes object, read by path
    ({ apiGroups, apiVersions, operations, resources }: any) =>
      `${operations.length === 3 ? 'ALL' : operations} ${apiGroups}/${apiVersions}: ${resources.join(' ')}`,
  );

test('desiredConfiguration: what is followed, and deletes of Namespaces', () => {
  assert.equal(rulesOf({}), ['DELETE /v1: namespaces']);
  assert.equal(rulesOf({ resources: [widgets, configMaps, deployments] }), [
    'ALL /v1: configmaps',
    'ALL apps/v1: deployments deployments/scale',
    'ALL example.com/v2: widgets widgets/scale',
    'DELETE /v1: namespaces',
  ]);
  const namespaces = { group: '', version: 'v1', plural: 'namespaces' };
  assert.equal(rulesOf({ resources: [namespaces] }), ['ALL /v1: namespaces']);
});

test('desiredConfiguration: deletes of the owners of what is followed, transitively', () => {
  assert.equal(rulesOf({ resources: [pods] }), [
    'ALL /v1: pods pods/ephemeralcontainers pods/eviction pods/resize',
    'DELETE /v1: namespaces replicationcontrollers',
    'DELETE apps/v1: daemonsets deployments replicasets statefulsets',
    'DELETE batch/v1: cronjobs jobs',
  ]);
  assert.equal(rulesOf({ resources: [{ ...deployments, plural: 'replicasets' }, deployments] }), [
    'ALL apps/v1: deployments deployments/scale replicasets replicasets/scale',
    'DELETE /v1: namespaces',
  ]);
});

test('desiredConfiguration: the same bytes whatever the order and repetition', () => {
  const one = make({ resources: [configMaps, deployments, pods, widgets] });
  const other = make({ resources: [widgets, pods, { ...pods }, deployments, configMaps] });
  assert.is(JSON.stringify(one), JSON.stringify(other));
});

test('desiredConfiguration: the hash is another for another configuration, whatever its owner', () => {
  const { hash } = make();
  assert.match(hash, /^[0-9a-f]{16}$/);
  const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'gitops-reverser-system', uid: 'a' };
  assert.is(make({ owner }).hash, hash);
  const others = [
    make({ resources: [configMaps] }),
    make({ caBundle: 'OTHER' }),
    make({ endpoint: { url: 'https://10.0.0.2:9443' } }),
  ];
  assert.is(new Set([hash, ...others.map((other) => other.hash)]).size, 4);
});

test('desiredConfiguration: only reviews of the own kinds can fail a request of somebody else', () => {
  const [who, rules, probe] = webhooks({ resources: [pods, widgets] });
  assert.equal([who.failurePolicy, who.timeoutSeconds, who.sideEffects], ['Ignore', 1, 'None']);
  assert.equal([rules.failurePolicy, rules.timeoutSeconds, rules.sideEffects], ['Fail', 10, 'None']);
  assert.equal(rules.rules, [
    {
      apiGroups: ['configbutler.ai'],
      apiVersions: ['v1alpha1'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['gitrepoconfigs', 'watchrules'],
      scope: '*',
    },
  ]);
  assert.equal(probe.namespaceSelector, {
    matchLabels: { 'kubernetes.io/metadata.name': 'gitops-reverser-system' },
  });
  assert.equal(probe.matchConditions, [{ name: 'is-dry-run', expression: 'request.dryRun == true' }]);
});

test('desiredConfiguration: a status is reviewed where labels can be written with it, and only if they are', () => {
  assert.is(webhooks({ resources: [configMaps, widgets] }).length, 3);
  const [who, , , status] = webhooks({ resources: [configMaps, widgets, pods, deployments] });
  assert.equal([status.failurePolicy, status.timeoutSeconds, status.sideEffects], ['Ignore', 1, 'None']);
  assert.equal(status.clientConfig, who.clientConfig);
  assert.equal(
    status.rules.map((one: { operations: string[]; resources: string[] }) => [one.operations, one.resources]),
    [
      [['UPDATE'], ['pods/status']],
      [['UPDATE'], ['deployments/status']],
    ],
  );
  assert.equal(status.matchConditions, [
    {
      name: 'metadata-is-new',
      expression:
        'object.metadata.?labels != oldObject.metadata.?labels || object.metadata.?annotations != oldObject.metadata.?annotations || object.metadata.?finalizers != oldObject.metadata.?finalizers',
    },
  ]);
});

test('desiredConfiguration: by URL or by Service, only the probe with the hash', () => {
  const { hash } = make();
  assert.equal(
    webhooks().map(({ clientConfig }) => clientConfig.url),
    ['who', 'rules', `probe/${hash}`].map((path) => `https://10.0.0.1:9443/base/${path}`),
  );
  const service = { namespace: 'gitops-reverser-system', name: 'webhooks', port: 443 };
  const [who] = webhooks({ endpoint: { service } });
  assert.equal(who.clientConfig, { service: { ...service, path: '/who' }, caBundle: 'UEVN' });
});

test('configurationName: its own for an installation in another namespace', () => {
  assert.is(configurationName('gitops-reverser-system'), 'gitops-reverser');
  assert.is(configurationName('elsewhere'), 'gitops-reverser-elsewhere');
});

test('reviewedBy: what was registered, without what is only deleted', () => {
  const { object } = make({ resources: [widgets, configMaps, pods] });
  assert.equal(
    reviewedBy(object).map(({ group, version, plural, scalable }) => [group, version, plural, scalable]),
    [
      ['', 'v1', 'configmaps', false],
      ['', 'v1', 'pods', false],
      ['example.com', 'v2', 'widgets', true],
    ],
  );
  assert.equal(reviewedBy(undefined), []);
  assert.equal(reviewedBy({ webhooks: [{ name: 'other', rules: [{ operations: ['CREATE'] }] }] }), []);
  const again = make({ resources: reviewedBy(object) });
  assert.is(again.hash, make({ resources: [widgets, configMaps, pods] }).hash);
});

test.run();
