import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject, ObjectMeta } from '../kube/object.ts';
import { type ApiResource, apiVersionOf } from '../kube/resource.ts';
import { type Operation, Selection, type SelectionSpec } from './selection.ts';

const served = (group: string, kind: string, namespaced = true, version = 'v1'): ApiResource => ({
  group,
  version,
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced,
  preferred: true,
});

const RESOURCES = {
  ConfigMap: served('', 'ConfigMap'),
  Secret: served('', 'Secret'),
  Pod: served('', 'Pod'),
  Event: served('', 'Event'),
  Endpoints: served('', 'Endpoints'),
  Lease: served('coordination.k8s.io', 'Lease'),
  EndpointSlice: served('discovery.k8s.io', 'EndpointSlice'),
  Deployment: served('apps', 'Deployment'),
  ReplicaSet: served('apps', 'ReplicaSet'),
  Widget: served('example.com', 'Widget'),
  Namespace: served('', 'Namespace', false),
  Node: served('', 'Node', false),
  ClusterRole: served('rbac.authorization.k8s.io', 'ClusterRole', false),
  /** A kind of another group that only shares the name. */
  OtherNamespace: served('example.com', 'Namespace', false),
};

const NAMESPACES: Readonly<Record<string, Record<string, string>>> = {
  audited: { audit: 'enabled' },
  plain: {},
};
const labelsOf = (namespace: string) => NAMESPACES[namespace];

interface Candidate {
  readonly of: keyof typeof RESOURCES;
  readonly meta?: Partial<ObjectMeta>;
  readonly type?: string;
  readonly operation?: Operation;
}

function objectOf({ of, meta, type }: Candidate): KubeObject {
  const resource = RESOURCES[of];
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      name: 'a',
      uid: 'u',
      resourceVersion: '1',
      ...(resource.namespaced ? { namespace: 'plain' } : {}),
      ...meta,
    },
    ...(type === undefined ? {} : { type }),
  };
}

/** Both questions that capture asks: is the kind watched, and is the object in scope? */
function selects(spec: SelectionSpec, candidate: Candidate): boolean {
  const selection = new Selection(spec);
  const resource = RESOURCES[candidate.of];
  return (
    selection.selectsKind(resource) &&
    selection.selects(resource, objectOf(candidate), candidate.operation ?? 'UPDATE', labelsOf)
  );
}

function check(spec: SelectionSpec, cases: readonly [string, Candidate, boolean][]): void {
  for (const [what, candidate, is] of cases) assert.is(selects(spec, candidate), is, what);
}

const owned = {
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'o', controller: true }],
};
const everything = [{ apiVersion: '*', kind: '*' }];
const configMaps = [{ apiVersion: 'v1', kind: 'ConfigMap' }];

test('Selection: ConfigMaps in namespaces with a label, as in the documentation', () =>
  check({ resources: configMaps, namespaceSelector: { matchLabels: { audit: 'enabled' } } }, [
    ['in a matching namespace', { of: 'ConfigMap', meta: { namespace: 'audited' } }, true],
    ['in another', { of: 'ConfigMap', meta: { namespace: 'plain' } }, false],
    ['in one that is not known', { of: 'ConfigMap', meta: { namespace: 'gone' } }, false],
    [
      'the label on the object does not count',
      { of: 'ConfigMap', meta: { labels: { audit: 'enabled' } } },
      false,
    ],
    ['another kind', { of: 'Secret', meta: { namespace: 'audited' } }, false],
    [
      'the Namespace itself is not asked for',
      { of: 'Namespace', meta: { labels: { audit: 'enabled' } } },
      false,
    ],
  ]));

test('Selection: everything but what carries a label, as in the documentation', () =>
  check({ resources: everything, excludeLabels: { matchLabels: { 'gitops-reverser/ignore': 'true' } } }, [
    ['a ConfigMap', { of: 'ConfigMap' }, true],
    ['a custom resource', { of: 'Widget' }, true],
    ['a Namespace', { of: 'Namespace' }, true],
    ['a cluster-scoped object', { of: 'ClusterRole' }, true],
    ['with the label', { of: 'ConfigMap', meta: { labels: { 'gitops-reverser/ignore': 'true' } } }, false],
    [
      'with another value',
      { of: 'ConfigMap', meta: { labels: { 'gitops-reverser/ignore': 'false' } } },
      true,
    ],
    [
      'a Namespace with it',
      { of: 'Namespace', meta: { labels: { 'gitops-reverser/ignore': 'true' } } },
      false,
    ],
  ]));

test('Selection: without a namespaceSelector every namespace, and cluster-scoped kinds', () =>
  check({ resources: [...configMaps, { apiVersion: '*', kind: 'ClusterRole' }] }, [
    ['any namespace', { of: 'ConfigMap', meta: { namespace: 'plain' } }, true],
    ['one that is not known', { of: 'ConfigMap', meta: { namespace: 'gone' } }, true],
    ['cluster-scoped', { of: 'ClusterRole' }, true],
    ['not named', { of: 'Node' }, false],
  ]));

test('Selection: with a namespaceSelector no cluster-scoped kind but the Namespaces that match', () => {
  const all: [string, Candidate, boolean][] = [
    ['in a matching namespace', { of: 'Widget', meta: { namespace: 'audited' } }, true],
    ['in another', { of: 'Widget' }, false],
    ['a ClusterRole', { of: 'ClusterRole', meta: { labels: { audit: 'enabled' } } }, false],
    ['a Node', { of: 'Node', meta: { labels: { audit: 'enabled' } } }, false],
    ['a matching Namespace', { of: 'Namespace', meta: { name: 'x', labels: { audit: 'enabled' } } }, true],
    ['another Namespace', { of: 'Namespace', meta: { name: 'audited' } }, false],
    ['a kind of that name', { of: 'OtherNamespace', meta: { labels: { audit: 'enabled' } } }, false],
  ];
  const namespaceSelector = { matchLabels: { audit: 'enabled' } };
  check({ resources: everything, namespaceSelector }, all);
  check({ resources: [{ apiVersion: 'v1', kind: '*' }], namespaceSelector }, all.slice(2));
  check({ resources: [{ apiVersion: 'v1', kind: 'Namespace' }], namespaceSelector }, all.slice(1));
});

test('Selection: an empty namespaceSelector is every namespace and no other cluster-scoped kind', () =>
  check({ resources: everything, namespaceSelector: {} }, [
    ['any namespace', { of: 'ConfigMap', meta: { namespace: 'plain' } }, true],
    ['one that is not known (yet)', { of: 'ConfigMap', meta: { namespace: 'gone' } }, false],
    ['a Namespace', { of: 'Namespace' }, true],
    ['another cluster-scoped kind', { of: 'ClusterRole' }, false],
  ]));

test('Selection: wildcards leave out what no person writes', () =>
  check({ resources: everything }, [
    ['Event', { of: 'Event' }, false],
    ['Lease', { of: 'Lease' }, false],
    ['Endpoints', { of: 'Endpoints' }, false],
    ['EndpointSlice', { of: 'EndpointSlice' }, false],
    ['a Pod of a controller', { of: 'Pod', meta: owned }, false],
    ['a Pod by hand', { of: 'Pod' }, true],
    ['a ReplicaSet of a controller', { of: 'ReplicaSet', meta: owned }, false],
    ['anything of a controller', { of: 'Widget', meta: owned }, false],
    ['the cluster CA', { of: 'ConfigMap', meta: { name: 'kube-root-ca.crt' } }, false],
    ['a token', { of: 'Secret', type: 'kubernetes.io/service-account-token' }, false],
    ['a Helm release', { of: 'Secret', type: 'helm.sh/release.v1' }, false],
    ['a Secret', { of: 'Secret', type: 'Opaque' }, true],
  ]));

test('Selection: naming a kind brings in what wildcards leave out, beside a wildcard too', () => {
  const named = (...kinds: string[]) => kinds.map((kind) => ({ apiVersion: '*', kind }));
  const brought: [string, Candidate, boolean][] = [
    ['Event', { of: 'Event' }, true],
    ['Lease', { of: 'Lease' }, true],
    ['a Pod of a controller', { of: 'Pod', meta: owned }, true],
    ['the cluster CA', { of: 'ConfigMap', meta: { name: 'kube-root-ca.crt' } }, true],
    ['a token', { of: 'Secret', type: 'kubernetes.io/service-account-token' }, true],
    ['a Helm release', { of: 'Secret', type: 'helm.sh/release.v1' }, true],
    ['not named', { of: 'EndpointSlice' }, false],
  ];
  const resources = named('Event', 'Lease', 'Pod', 'ConfigMap', 'Secret');
  check({ resources }, brought);
  check({ resources: [...everything, ...resources] }, brought);
  check({ resources: [...resources, ...everything] }, brought);
  // A group that is named is still a wildcard of kinds.
  check({ resources: [{ apiVersion: 'v1', kind: '*' }] }, [['Event', { of: 'Event' }, false]]);
});

test('Selection: apiVersion and kind, each of which may be a wildcard', () => {
  const cases: [string, string, (keyof typeof RESOURCES)[]][] = [
    ['v1', 'ConfigMap', ['ConfigMap']],
    ['v1', '*', ['ConfigMap', 'Secret', 'Pod', 'Namespace', 'Node']],
    ['apps/v1', '*', ['Deployment', 'ReplicaSet']],
    ['apps/*', '*', ['Deployment', 'ReplicaSet']],
    ['apps/*', 'Deployment', ['Deployment']],
    ['*', 'Namespace', ['Namespace', 'OtherNamespace']],
    ['example.com/*', 'Namespace', ['OtherNamespace']],
    ['v1', 'configmaps', []],
    ['v1', 'Deployment', []],
  ];
  for (const [apiVersion, kind, selected] of cases) {
    const spec = { resources: [{ apiVersion, kind }] };
    const found = (Object.keys(RESOURCES) as (keyof typeof RESOURCES)[]).filter((of) =>
      selects(spec, { of }),
    );
    assert.equal(found.sort(), selected.sort(), `${apiVersion} ${kind}`);
  }
});

test('Selection.selectsKind does not ask for the version; versionsNamed tells which ones are named', () => {
  const selection = new Selection({
    resources: [
      { apiVersion: 'example.com/v1beta1', kind: 'Widget' },
      { apiVersion: 'example.com/v1', kind: '*' },
      { apiVersion: '*', kind: '*' },
      { apiVersion: 'v1', kind: '*' },
    ],
  });
  assert.ok(selection.selectsKind(served('example.com', 'Widget', true, 'v2')));
  assert.equal(selection.versionsNamed('example.com', 'Widget'), ['v1beta1', 'v1']);
  assert.equal(selection.versionsNamed('example.com', 'Gadget'), ['v1']);
  assert.equal(selection.versionsNamed('apps', 'Deployment'), []);
  assert.equal(selection.versionsNamed('', 'Event'), []);
});

test('Selection.namedPatterns are the entries that name a kind', () => {
  const { namedPatterns } = new Selection({
    resources: [...everything, { apiVersion: 'apps/*', kind: 'Deployment' }, { apiVersion: 'v1', kind: '*' }],
  });
  assert.equal(
    namedPatterns.map(({ group, kind }) => [group, kind]),
    [['apps', 'Deployment']],
  );
});

test('Selection: names and operations belong to their entry', () =>
  check(
    {
      resources: [
        { apiVersion: 'v1', kind: 'ConfigMap', names: ['app-*', 'exact'], operations: ['CREATE', 'DELETE'] },
        { apiVersion: 'v1', kind: 'Secret', operations: ['UPDATE'] },
        { apiVersion: '*', kind: '*', names: ['shared'] },
      ],
    },
    [
      ['a name', { of: 'ConfigMap', meta: { name: 'app-1' }, operation: 'CREATE' }, true],
      ['an exact name', { of: 'ConfigMap', meta: { name: 'exact' }, operation: 'DELETE' }, true],
      ['the whole name counts', { of: 'ConfigMap', meta: { name: 'my-app-1' }, operation: 'CREATE' }, false],
      ['another operation', { of: 'ConfigMap', meta: { name: 'app-1' }, operation: 'UPDATE' }, false],
      ['any name', { of: 'Secret', meta: { name: 'app-1' }, operation: 'UPDATE' }, true],
      ['not created', { of: 'Secret', meta: { name: 'app-1' }, operation: 'CREATE' }, false],
      ['by another entry', { of: 'Secret', meta: { name: 'shared' }, operation: 'CREATE' }, true],
      ['by the wildcard', { of: 'Widget', meta: { name: 'shared' }, operation: 'DELETE' }, true],
      ['not by the wildcard', { of: 'Widget', meta: { name: 'other' } }, false],
      ['left out even with that name', { of: 'Event', meta: { name: 'shared' } }, false],
    ],
  ));

test('Selection: empty lists of names and operations stand for all', () => {
  for (const operations of [[], undefined, ['*'], ['CREATE', 'UPDATE', 'DELETE']]) {
    for (const operation of ['CREATE', 'UPDATE', 'DELETE'] as const) {
      const spec = { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: [], operations }] };
      assert.ok(selects(spec, { of: 'ConfigMap', operation }));
    }
  }
});

test('Selection: objectSelector selects by the labels of the object, excludeLabels wins over it', () =>
  check(
    {
      resources: everything,
      objectSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
      excludeLabels: { matchLabels: { team: 'x', secret: 'yes' } },
    },
    [
      ['with the label', { of: 'ConfigMap', meta: { labels: { team: 'x' } } }, true],
      ['without labels', { of: 'ConfigMap' }, false],
      ['cluster-scoped with it', { of: 'ClusterRole', meta: { labels: { team: 'x' } } }, true],
      ['some of what is left out', { of: 'ConfigMap', meta: { labels: { team: 'y', secret: 'yes' } } }, true],
      ['all of what is left out', { of: 'ConfigMap', meta: { labels: { team: 'x', secret: 'yes' } } }, false],
    ],
  ));

test('Selection: an empty excludeLabels leaves nothing out', () => {
  for (const excludeLabels of [{}, { matchLabels: {} }, { matchExpressions: [] }])
    assert.ok(selects({ resources: configMaps, excludeLabels }, { of: 'ConfigMap' }));
});

test('Selection.covers: whatever could have been in scope, for this name and operation', () => {
  const covers = (
    spec: SelectionSpec,
    of: keyof typeof RESOURCES,
    name = 'a',
    operation: Operation = 'DELETE',
  ) => new Selection(spec).covers(RESOURCES[of], name, operation);
  const labelled = {
    resources: configMaps,
    namespaceSelector: { matchLabels: { audit: 'enabled' } },
    objectSelector: { matchLabels: { team: 'x' } },
    excludeLabels: { matchLabels: { ignore: 'true' } },
  };
  assert.is(covers(labelled, 'ConfigMap'), true, 'labels do not count');
  assert.is(covers(labelled, 'Secret'), false, 'another kind');
  const named = { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['app-*'] }] };
  assert.is(covers(named, 'ConfigMap', 'app-1'), true, 'the name');
  assert.is(covers(named, 'ConfigMap', 'other'), false, 'another name');
  const keeping = { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', operations: ['CREATE', 'UPDATE'] }] };
  assert.is(covers(keeping, 'ConfigMap'), false, 'a rule without DELETE keeps files');
  assert.is(covers(keeping, 'ConfigMap', 'a', 'UPDATE'), true, 'its other operations');
  assert.is(covers({ resources: everything }, 'Event'), false, 'a kind left out');
  const inNamespaces = { resources: everything, namespaceSelector: {} };
  assert.is(covers(inNamespaces, 'ClusterRole'), false, 'cluster-scoped with a namespaceSelector');
  assert.is(covers(inNamespaces, 'Namespace'), true, 'Namespaces');
});

test('Selection.covers whatever selects', () => {
  const selector = fc.constantFrom(undefined, {}, { matchLabels: { audit: 'enabled' } });
  const spec = fc.record({
    resources: fc.array(
      fc.record({
        apiVersion: fc.constantFrom('*', 'v1', 'apps/v1', 'example.com/*'),
        kind: fc.constantFrom('*', 'ConfigMap', 'Namespace', 'Pod'),
        names: fc.constantFrom(undefined, ['a'], ['b*']),
        operations: fc.constantFrom(undefined, ['CREATE'], ['DELETE', 'UPDATE']),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    namespaceSelector: selector,
    objectSelector: selector,
    excludeLabels: selector,
  });
  const candidate = fc.record({
    of: fc.constantFrom(...(Object.keys(RESOURCES) as (keyof typeof RESOURCES)[])),
    meta: fc.record({ labels: fc.constantFrom({}, { audit: 'enabled' }), name: fc.constantFrom('a', 'b1') }),
    operation: fc.constantFrom('CREATE' as const, 'UPDATE' as const, 'DELETE' as const),
  });
  fc.assert(
    fc.property(spec, candidate, (of, one) => {
      const selection = new Selection(of);
      const resource = RESOURCES[one.of];
      if (selects(of, one)) assert.ok(selection.covers(resource, one.meta.name, one.operation));
      if (selection.selects(resource, objectOf(one), one.operation, labelsOf))
        assert.ok(selection.selectsKind(resource));
    }),
    { numRuns: 2_000 },
  );
});

test('Selection.excludesUser matches whole user names; nobody by default', () => {
  const selection = new Selection({
    resources: everything,
    excludeUsers: ['system:serviceaccount:flux-system:*', 'bot-?'],
  });
  assert.ok(selection.excludesUser('system:serviceaccount:flux-system:kustomize-controller'));
  assert.ok(selection.excludesUser('bot-1'));
  assert.not(selection.excludesUser('bot-12'));
  assert.not(selection.excludesUser('admin@company.com'));
  assert.not(new Selection({ resources: everything }).excludesUser('anyone'));
});

test('Selection.selectsNamespace and dependsOnNamespaces', () => {
  const free = new Selection({ resources: everything });
  assert.is(free.dependsOnNamespaces, false);
  assert.is(free.selectsNamespace(undefined), true);
  const bound = new Selection({
    resources: everything,
    namespaceSelector: { matchLabels: { audit: 'enabled' } },
  });
  assert.is(bound.dependsOnNamespaces, true);
  assert.is(bound.selectsNamespace(undefined), false);
  assert.is(bound.selectsNamespace({}), false);
  assert.is(bound.selectsNamespace({ audit: 'enabled' }), true);
});

test.run();
