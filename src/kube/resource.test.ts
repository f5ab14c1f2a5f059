import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { apiVersionOf, groupKindKey, groupResource, resourceKey, restPath } from './resource.ts';

const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
const deployments = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' };

test('apiVersionOf, resourceKey, groupKindKey and groupResource name a resource', () => {
  const cases = [
    { of: configMaps, names: ['v1', '/v1/configmaps', '/ConfigMap', 'configmaps'] },
    { of: deployments, names: ['apps/v1', 'apps/v1/deployments', 'apps/Deployment', 'deployments.apps'] },
  ];
  for (const { of, names } of cases)
    assert.equal([apiVersionOf(of), resourceKey(of), groupKindKey(of), groupResource(of)], names);
});

test('restPath covers all namespaces, one, one object, and its subresources', () => {
  const cases: [Parameters<typeof restPath>, string][] = [
    [[configMaps], '/api/v1/configmaps'],
    [[configMaps, {}], '/api/v1/configmaps'],
    [[configMaps, { namespace: 'a' }], '/api/v1/namespaces/a/configmaps'],
    [[configMaps, { namespace: 'a', name: 'b' }], '/api/v1/namespaces/a/configmaps/b'],
    [[deployments], '/apis/apps/v1/deployments'],
    [
      [deployments, { namespace: 'a', name: 'b', subresource: 'status' }],
      '/apis/apps/v1/namespaces/a/deployments/b/status',
    ],
    [
      [
        { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' },
        { namespace: '', name: 'system:node' },
      ],
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    ],
    [
      [configMaps, { namespace: 'a', name: '../secrets/b' }],
      '/api/v1/namespaces/a/configmaps/..%2Fsecrets%2Fb',
    ],
  ];
  for (const [args, path] of cases) assert.is(restPath(...args), path);
});

test.run();
