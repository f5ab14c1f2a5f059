import { modelCaseBuilder } from './model-case-builder.ts';
import type { ModelCase } from './model-cases.ts';

const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' };
const everything = { apiVersion: '*', kind: '*' };
const { accepts, refuses, refusesByCel, refusesSpec } = modelCaseBuilder('WatchRule', {
  gitRepoConfigRef: 'audit-repo',
  resources: [configMaps],
});

const goodApiVersions = [
  'v1',
  'apps/v1',
  'apps/*',
  '*',
  'example.com/v1alpha1',
  'rbac.authorization.k8s.io/v1',
];
// biome-ignore format: a table
const badApiVersions = [
  '', 'v2', 'apps', 'apps/', '/v1', '*/v1', '**', 'Apps/v1', 'apps/V1', 'apps/v1/x', 'v1 ', 'v1\n',
];
const goodKinds = ['ConfigMap', '*', 'K', 'foo', 'K'.repeat(63)];
const badKinds = ['', 'Config*', 'ConfigMap.v1', 'Pod/status', 'a b', '1st', 'K-', 'K'.repeat(64), 'Pod\n'];
const goodNames = ['app', 'app-*', 'system:*', '?-[ab]-{x,y}', '!app', 'n'.repeat(253)];
const badNames = ['', 'a/b', 'a b', 'a\n', 'n'.repeat(254)];
const goodUsers = [
  'alice',
  'admin@company.com',
  'system:serviceaccount:flux-system:*',
  'https://idp.example.com#Alice B',
  '*',
];
const badUsers = ['', 'a\nb', 'u'.repeat(257)];
const goodFields = [
  'spec.replicas',
  'data.*',
  'data[*]',
  'data["application.yaml"]',
  'metadata.annotations["example.com/build"]',
  'metadata.annotations',
  'metadata.labels.app',
  'metadata["labels"].name',
  'spec.template.spec.containers[*].image',
  'spec.template.metadata.name',
  'webhooks.*.clientConfig.caBundle',
  'spec',
  'data.0',
  'kinds',
  `spec.${'f'.repeat(507)}`,
];
// biome-ignore format: a table
const badFields = [
  '', '.spec', 'spec.', 'spec..x', '*', '*.name', '["kind"]', '$.spec', '/spec/replicas', 'spec[0',
  'spec[0]', 'spec[]', 'spec[""]', "spec['x']", 'spec["a"b"]', 'spec["a\\"b"]', 'spec.a b', 'spec["a\nb"]',
  'spec.x\n', 'spec.**', 'spec.a*', `spec.${'f'.repeat(508)}`,
];
// biome-ignore format: a table
const celFields = [
  'apiVersion', 'kind', 'kind.*', 'metadata', 'metadata.*', 'metadata[*]', 'metadata.name',
  'metadata.namespace', 'metadata["name"]', 'metadata["namespace"]', 'metadata.*.app', 'metadata.name.*',
];

const resource = (fields: object) => ({ resources: [{ ...configMaps, ...fields }] });
const labels = (matchLabels: object) => ({ objectSelector: { matchLabels } });
const requires = (expression: object) => ({ objectSelector: { matchExpressions: [expression] } });
const expression = 'spec.objectSelector.matchExpressions[0]';

/** Good and bad WatchRules. */
export const watchRuleCases: readonly ModelCase[] = [
  accepts('the least that works', {}),
  accepts('the audit example', { namespaceSelector: { matchLabels: { audit: 'enabled' } } }),
  accepts('the everything example', {
    resources: [everything],
    excludeLabels: { matchLabels: { 'gitops-reverser/ignore': 'true' } },
  }),
  accepts('unknown fields are pruned', { namespaces: ['a'], resources: [{ ...configMaps, scope: 'x' }] }),
  accepts('null is as good as absent', {
    suspend: null,
    excludeUsers: null,
    objectSelector: { matchLabels: null },
  }),
  refusesSpec('no spec', 'spec', undefined),
  refusesSpec('no gitRepoConfigRef', 'spec.gitRepoConfigRef', { resources: [everything] }),
  refusesSpec('no resources', 'spec.resources', { gitRepoConfigRef: 'audit-repo' }),
  refuses('gitRepoConfigRef empty', 'spec.gitRepoConfigRef', { gitRepoConfigRef: '' }),
  refuses('gitRepoConfigRef as an object', 'spec.gitRepoConfigRef', {
    gitRepoConfigRef: { name: 'audit-repo' },
  }),
  refuses('gitRepoConfigRef in another namespace', 'spec.gitRepoConfigRef', {
    gitRepoConfigRef: 'other/audit',
  }),
  refuses('resources empty', 'spec.resources', { resources: [] }),
  accepts('64 resources', { resources: Array.from({ length: 64 }, () => configMaps) }),
  refuses('65 resources', 'spec.resources', { resources: Array.from({ length: 65 }, () => configMaps) }),
  refuses('resources as an object', 'spec.resources', { resources: configMaps }),
  refuses('a resource that is null', 'spec.resources[0]', { resources: [null] }),
  refuses('a resource without kind', 'spec.resources[0].kind', { resources: [{ apiVersion: 'v1' }] }),
  refuses('a resource without apiVersion', 'spec.resources[0].apiVersion', { resources: [{ kind: 'Pod' }] }),
  ...goodApiVersions.map((value) => accepts(`apiVersion ${value}`, resource({ apiVersion: value }))),
  ...badApiVersions.map((value) =>
    refuses(
      `apiVersion ${JSON.stringify(value)}`,
      'spec.resources[0].apiVersion',
      resource({ apiVersion: value }),
    ),
  ),
  ...goodKinds.map((value) => accepts(`kind ${value}`, resource({ kind: value }))),
  ...badKinds.map((value) =>
    refuses(`kind ${JSON.stringify(value)}`, 'spec.resources[0].kind', resource({ kind: value })),
  ),
  accepts('names', resource({ names: goodNames })),
  ...badNames.map((value) =>
    refuses(`name ${JSON.stringify(value)}`, 'spec.resources[0].names[0]', resource({ names: [value] })),
  ),
  refuses('names empty', 'spec.resources[0].names', resource({ names: [] })),
  refuses(
    '65 names',
    'spec.resources[0].names',
    resource({ names: Array.from({ length: 65 }, (_, i) => `n${i}`) }),
  ),
  accepts('operations', resource({ operations: ['DELETE', 'CREATE', 'UPDATE'] })),
  refuses('operations empty', 'spec.resources[0].operations', resource({ operations: [] })),
  refuses(
    'an operation twice',
    'spec.resources[0].operations[1]',
    resource({ operations: ['CREATE', 'CREATE'] }),
  ),
  refuses('operation PATCH', 'spec.resources[0].operations[0]', resource({ operations: ['PATCH'] })),
  refuses('operation in lower case', 'spec.resources[0].operations[0]', resource({ operations: ['create'] })),

  accepts('an empty namespaceSelector', { namespaceSelector: {} }),
  accepts('an empty label value', labels({ app: '' })),
  // The API server drops a null entry. An empty selector would be left, and that matches everything.
  refuses('a label without a value', 'spec.objectSelector.matchLabels', labels({ app: null })),
  refuses('matchLabels empty', 'spec.objectSelector.matchLabels', labels({})),
  accepts('a label key with a prefix', labels({ 'app.kubernetes.io/name': 'a_b.c-d' })),
  refuses('a label value with a space', 'spec.objectSelector.matchLabels.app', labels({ app: 'a b' })),
  refuses(
    'a label value of 64 characters',
    'spec.objectSelector.matchLabels.app',
    labels({ app: 'a'.repeat(64) }),
  ),
  refuses('a label value that is a boolean', 'spec.objectSelector.matchLabels.app', labels({ app: true })),
  refuses(
    '33 labels',
    'spec.objectSelector.matchLabels',
    labels(Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`l${i}`, 'x']))),
  ),
  refusesByCel('a label key with a space', 'spec.objectSelector.matchLabels', labels({ 'a b': 'x' })),
  accepts('In with values', requires({ key: 'tier', operator: 'In', values: ['a', 'b'] })),
  accepts('Exists without values', requires({ key: 'tier', operator: 'Exists' })),
  accepts('DoesNotExist with no values', requires({ key: 'tier', operator: 'DoesNotExist', values: [] })),
  refuses(
    'operator Equals',
    `${expression}.operator`,
    requires({ key: 'tier', operator: 'Equals', values: ['a'] }),
  ),
  refuses('an expression without operator', `${expression}.operator`, requires({ key: 'tier' })),
  refuses('an expression without key', `${expression}.key`, requires({ operator: 'Exists' })),
  refuses('an expression with a bad key', `${expression}.key`, requires({ key: 'a b', operator: 'Exists' })),
  refuses(
    'an expression with a bad value',
    `${expression}.values[0]`,
    requires({ key: 'a', operator: 'In', values: ['a b'] }),
  ),
  refusesByCel('In without values', expression, requires({ key: 'tier', operator: 'In' })),
  refusesByCel('NotIn with no values', expression, requires({ key: 'tier', operator: 'NotIn', values: [] })),
  refusesByCel(
    'Exists with values',
    expression,
    requires({ key: 'tier', operator: 'Exists', values: ['a'] }),
  ),
  refusesByCel('an empty excludeLabels', 'spec.excludeLabels', { excludeLabels: {} }),
  refusesByCel('excludeLabels with empty matchExpressions', 'spec.excludeLabels', {
    excludeLabels: { matchExpressions: [] },
  }),

  accepts('excludeUsers', { excludeUsers: goodUsers }),
  ...badUsers.map((value) =>
    refuses(`user ${JSON.stringify(value.slice(0, 20))}`, 'spec.excludeUsers[0]', { excludeUsers: [value] }),
  ),
  ...goodFields.map((value) => accepts(`field ${value.slice(0, 50)}`, { excludeFields: [value] })),
  ...badFields.map((value) =>
    refuses(`field ${JSON.stringify(value.slice(0, 30))}`, 'spec.excludeFields[0]', {
      excludeFields: [value],
    }),
  ),
  ...celFields.map((value) =>
    refusesByCel(`field ${value}`, 'spec.excludeFields[0]', { excludeFields: [value] }),
  ),
  refuses('65 excludeFields', 'spec.excludeFields', {
    excludeFields: Array.from({ length: 65 }, () => 'spec.x'),
  }),
  accepts('noise CommitAll', { noise: 'CommitAll' }),
  refuses('noise in lower case', 'spec.noise', { noise: 'coalesce' }),
  accepts('suspend true', { suspend: true }),
  refuses('suspend as a number', 'spec.suspend', { suspend: 1 }),
];
