import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groupOf, identityOf, versionOf } from './object.ts';

test('groupOf and versionOf take an apiVersion apart', () => {
  const cases = [
    ['v1', '', 'v1'],
    ['apps/v1', 'apps', 'v1'],
    ['rbac.authorization.k8s.io/v1beta1', 'rbac.authorization.k8s.io', 'v1beta1'],
  ] as const;
  for (const [apiVersion, group, version] of cases)
    assert.equal([groupOf(apiVersion), versionOf(apiVersion)], [group, version]);
});

test('identityOf is the same in every version of a kind, and has an empty namespace where there is none', () => {
  const metadata = { name: 'a', uid: 'u', resourceVersion: '1' };
  const one = identityOf({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, namespace: 'n' },
  });
  const other = identityOf({
    apiVersion: 'apps/v1beta1',
    kind: 'Deployment',
    metadata: { ...metadata, namespace: 'n' },
  });
  assert.equal(one, { group: 'apps', kind: 'Deployment', namespace: 'n', name: 'a' });
  assert.equal(other, one);
  assert.equal(identityOf({ apiVersion: 'v1', kind: 'Node', metadata }).namespace, '');
});

test.run();
