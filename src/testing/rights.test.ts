import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AuditedCall } from './api-audit.ts';
import { allows, describeRight, reportRights, rightsOf } from './rights.ts';

const called = (
  verb: string,
  group: string,
  resource: string,
  namespace?: string,
  name?: string,
): AuditedCall => ({
  verb,
  user: 'somebody',
  status: 200,
  uri: '/',
  resource: { group, resource, namespace, name },
});
const [update, anyList] = rightsOf([
  {
    kind: 'Role',
    metadata: { name: 'a', namespace: 'here' },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['update'] }],
  },
  {
    kind: 'ClusterRole',
    metadata: { name: 'b' },
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['list'] },
      { nonResourceURLs: ['/apis'], verbs: ['get'] },
    ],
  },
]) as [never, never];

test('rightsOf: one for each verb, group, resource and name', () => {
  const rules = [
    { apiGroups: ['', 'apps'], resources: ['a', 'b'], resourceNames: ['n', 'm'], verbs: ['get', 'list'] },
  ];
  assert.is(rightsOf([{ kind: 'ClusterRole', metadata: { name: 'c' }, rules }]).length, 16);
  assert.is(describeRight(update), 'update secrets one in here');
});

test('allows: by name, by namespace, by subresource, by path', () => {
  assert.ok(allows(update, called('update', '', 'secrets', 'here', 'one')));
  assert.not(allows(update, called('update', '', 'secrets', 'here', 'other')));
  assert.not(allows(update, called('update', '', 'secrets', 'there', 'one')));
  assert.not(allows(update, called('update', '', 'secrets/status', 'here', 'one')));
  assert.not(allows(update, called('get', '', 'secrets', 'here', 'one')));
  assert.ok(allows(anyList, called('list', 'apps', 'deployments', 'there')));
  assert.not(allows(anyList, { verb: 'list', user: 'somebody', status: 200, uri: '/apis' }));
  assert.ok(allows({ verb: 'get', url: '/apis' }, { verb: 'get', user: 'u', status: 200, uri: '/apis?a=b' }));
});

test('reportRights: what was refused, what is granted elsewhere, what nobody needed', () => {
  const rules = [{ apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['list'] }];
  const calls = [
    called('list', '', 'secrets'),
    { ...called('get', '', 'pods', 'here', 'one'), status: 403 },
    { verb: 'get', user: 'somebody', status: 200, uri: '/version?a=b' },
  ];
  assert.equal(reportRights([{ kind: 'ClusterRole', metadata: { name: 'a' }, rules }], calls), {
    refused: ['get pods one in here'],
    uncovered: ['get /version', 'get pods one in here'],
    unused: ['list pods'],
  });
});

test.run();
