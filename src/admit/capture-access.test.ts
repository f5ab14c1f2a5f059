import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ApiResource } from '../kube/resource.ts';
import type { SelectionSpec } from '../select/selection.ts';
import type { AskAccess } from './access-reviewer.ts';
import { captureNeeds, checkCapture, isPinnedTo } from './capture-access.ts';

const resource = (group: string, kind: string, plural: string, namespaced = true): ApiResource => ({
  group,
  version: 'v1',
  kind,
  plural,
  namespaced,
  preferred: true,
});
const served = [
  resource('', 'ConfigMap', 'configmaps'),
  resource('', 'Secret', 'secrets'),
  resource('', 'Namespace', 'namespaces', false),
  resource('', 'Event', 'events'),
  resource('apps', 'Deployment', 'deployments'),
  { ...resource('apps', 'Deployment', 'deployments'), version: 'v1beta1', preferred: false },
  resource('example.com', 'Secret', 'secrets'),
  resource('example.com', 'Cluster', 'clusters', false),
];
const own = 'kubernetes.io/metadata.name';
const home = { matchLabels: { [own]: 'team-a' } };
const byLabel = { matchLabels: { team: 'a' } };

const needs = (apiVersion: string, kind: string, more: Partial<SelectionSpec> = {}) => {
  const spec = { resources: [{ apiVersion, kind }], ...more };
  const [need] = captureNeeds({ namespace: 'team-a', spec }, served);
  const parts = need?.parts.map((part) => `${part.group}/${part.resource}`).join(' ');
  return `${need?.whole.group}/${need?.whole.resource} or ${parts} in ${need?.namespace ?? '*'}`;
};

for (const [apiVersion, kind, more, expected] of [
  ['v1', 'Secret', {}, '/* or /secrets in *'],
  ['v1', 'Secret', { namespaceSelector: byLabel }, '/* or /secrets in *'],
  ['v1', 'Secret', { namespaceSelector: home }, '/* or /secrets in team-a'],
  ['apps/v7', 'Deployment', {}, 'apps/* or apps/deployments in *'],
  ['*', 'Secret', {}, '*/* or /secrets example.com/secrets in *'],
  ['example.com/*', '*', {}, 'example.com/* or example.com/secrets example.com/clusters in *'],
  ['example.com/*', '*', { namespaceSelector: byLabel }, 'example.com/* or example.com/secrets in *'],
  ['v1', 'Namespace', { namespaceSelector: home }, '/* or /namespaces in team-a'],
  ['v1', '*', {}, '/* or /configmaps /secrets /namespaces in *'],
  ['v1', 'Event', {}, '/* or /events in *'],
  ['none.example.com/v1', 'Thing', {}, 'none.example.com/* or  in *'],
] as const) {
  test(`captureNeeds: ${apiVersion} ${kind} ${JSON.stringify(more)}`, () => {
    assert.is(needs(apiVersion, kind, more), expected);
  });
}

for (const [expected, selector] of [
  [false, undefined],
  [false, {}],
  [true, home],
  [true, { matchLabels: { [own]: 'team-a', more: 'narrower' } }],
  [false, { matchLabels: { [own]: 'team-b' } }],
  [true, { matchExpressions: [{ key: own, operator: 'In', values: ['team-a'] }] }],
  [true, { ...byLabel, matchExpressions: [{ key: own, operator: 'In', values: ['team-a'] }] }],
  [false, { matchExpressions: [{ key: own, operator: 'In', values: ['team-a', 'team-b'] }] }],
  [false, { matchExpressions: [{ key: own, operator: 'NotIn', values: ['team-a'] }] }],
  [false, { matchExpressions: [{ key: own, operator: 'Exists' }] }],
  [false, { matchExpressions: [{ key: 'name', operator: 'In', values: ['team-a'] }] }],
] as const) {
  test(`isPinnedTo: ${JSON.stringify(selector)}`, () => assert.is(isPinnedTo(selector, 'team-a'), expected));
}

/** Rights as `list,watch /secrets team-a`; `*` as RBAC has it. */
const may =
  (...rights: string[]): AskAccess =>
  async (_, { verb, group, resource: plural, namespace }) =>
    rights.some((right) => {
      const [verbs = '', what = '', where = ''] = right.split(' ');
      const [rightGroup, rightPlural] = what.split('/');
      return (
        verbs.split(',').includes(verb) &&
        (rightGroup === '*' || rightGroup === group) &&
        (rightPlural === '*' || rightPlural === plural) &&
        (where === '' || where === namespace)
      );
    });
const check = async (ask: AskAccess, apiVersion: string, kind: string, more: Partial<SelectionSpec> = {}) => {
  const spec = { resources: [{ apiVersion, kind }], ...more };
  const user = { username: 'eve\n\u001b[31m' };
  const signal = new AbortController().signal;
  const access = await checkCapture({ namespace: 'team-a', spec }, user, served, ask, signal);
  return access.ok ? ['allowed', ...access.warnings].join(' ') : access.message;
};
const both = 'list,watch';

test('checkCapture: by the right to the resource', async () => {
  assert.is(await check(may(`${both} /secrets`), 'v1', 'Secret'), 'allowed');
  assert.is(
    await check(may(`${both} /secrets team-a`), 'v1', 'Secret', { namespaceSelector: home }),
    'allowed',
  );
  assert.match(await check(may(`${both} /secrets team-a`), 'v1', 'Secret'), 'cannot list and watch resource');
  assert.match(await check(may('list /secrets'), 'v1', 'Secret'), 'cannot watch resource "secrets"');
  assert.match(await check(may(`${both} /secrets`), '*', 'Secret'), 'in API group "example.com"');
});

test('checkCapture: a wildcard by the right to everything, or to all that is served, with a warning', async () => {
  assert.is(await check(may(`${both} */*`), '*', '*'), 'allowed');
  assert.is(await check(may(`${both} apps/*`), 'apps/v1', '*'), 'allowed');
  assert.match(
    await check(may(`${both} apps/deployments`), 'apps/v1', '*'),
    /^allowed spec\.resources\[0\]: kinds/,
  );
  assert.match(await check(may(), '*', '*'), '; and 1 more.');
  const missing = await check(may(`${both} /*`, `${both} example.com/*`), '*', '*');
  assert.match(
    missing,
    /cannot list and watch resource "deployments" in API group "apps" at the cluster scope\./,
  );
});

test('checkCapture: a kind that is not served only by the right to its whole group', async () => {
  const vault = ['vault.example.com/v1', 'Vault'] as const;
  assert.is(await check(may(`${both} vault.example.com/*`), ...vault), 'allowed');
  const refused = await check(may(`${both} vault.example.com/vaults`), ...vault);
  assert.match(
    refused,
    'every resource in API group "vault.example.com" at the cluster scope: nothing is served as',
  );
});

test('checkCapture: says how to confine, only where it could help, and shows the user harmlessly', async () => {
  assert.match(await check(may(), 'v1', 'Secret'), `{matchLabels: {${own}: team-a}}`);
  assert.not.match(await check(may(), 'v1', 'Secret', { namespaceSelector: home }), 'matchLabels');
  assert.match(await check(may(), 'v1', 'Secret'), 'user "eve\\n\\u001b[31m" cannot');
});

test('checkCapture: what cannot be asked is no answer', async () => {
  const ask: AskAccess = async () => {
    throw new Error('down');
  };
  const failed = await check(ask, 'v1', 'Secret').then(
    () => false,
    () => true,
  );
  assert.ok(failed);
});

test.run();
