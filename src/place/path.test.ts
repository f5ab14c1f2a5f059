import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectIdentity } from '../kube/object.ts';
import { identityOfKind, identityOfPath, pathOf, validatePrefix } from './path.ts';

const CASES: readonly [group: string, kind: string, namespace: string, name: string, path: string][] = [
  ['', 'ConfigMap', 'production', 'app-config', 'namespaces/production/ConfigMap/app-config.yaml'],
  ['apps', 'Deployment', 'n', 'web', 'namespaces/n/Deployment/web.yaml'],
  ['', 'Namespace', '', 'n', 'cluster-scoped/Namespace/n.yaml'],
  [
    'rbac.authorization.k8s.io',
    'ClusterRole',
    '',
    'system:node',
    'cluster-scoped/ClusterRole/system%3Anode.yaml',
  ],
  [
    'apiextensions.k8s.io',
    'CustomResourceDefinition',
    '',
    'a.b.c',
    'cluster-scoped/CustomResourceDefinition/a.b.c.yaml',
  ],
  ['example.com', 'Widget', 'n', 'w', 'namespaces/n/Widget.example.com/w.yaml'],
  ['gateway.networking.k8s.io', 'Gateway', 'n', 'g', 'namespaces/n/Gateway.gateway.networking.k8s.io/g.yaml'],
  ['serving.knative.dev', 'Service', 'n', 's', 'namespaces/n/Service.serving.knative.dev/s.yaml'],
  ['metrics.k8s.io', 'PodMetrics', 'n', 's', 'namespaces/n/PodMetrics.metrics.k8s.io/s.yaml'],
  ['', 'Event', 'n', 'e', 'namespaces/n/Event/e.yaml'],
  ['events.k8s.io', 'Event', 'n', 'e', 'namespaces/n/Event.events.k8s.io/e.yaml'],
  ['networking.k8s.io', 'Service', 'n', 's', 'namespaces/n/Service.networking.k8s.io/s.yaml'],
  ['storage.k8s.io', 'KindOfTomorrow', '', 's', 'cluster-scoped/KindOfTomorrow/s.yaml'],
  ['', 'X', 'n', '..', 'namespaces/n/X/%2E..yaml'],
  ['', 'X', '.git', '.git', 'namespaces/%2Egit/X/%2Egit.yaml'],
  ['', 'X', 'n', '100%/ü', 'namespaces/n/X/100%25%2F%C3%BC.yaml'],
];

for (const [group, kind, namespace, name, path] of CASES) {
  test(`pathOf: ${path}`, () => {
    const identity = { group, kind, namespace, name };
    assert.is(pathOf(identity, ''), path);
    assert.is(pathOf(identity, 'clusters/prod'), `clusters/prod/${path}`);
    const back = identityOfPath(`clusters/prod/${path}`, 'clusters/prod');
    assert.equal({ ...back, group: back?.group ?? group }, identity);
  });
}

test('pathOf: a name too long for a file is cut and hashed', () => {
  const identity = (name: string) => ({ group: '', kind: 'ConfigMap', namespace: 'n', name });
  const long = 'a'.repeat(251);
  const file = pathOf(identity(long), '').split('/').pop() ?? '';
  assert.match(file, /^a+~[0-9a-f]{32}\.yaml$/);
  assert.is(file.length, 255);
  assert.is.not(pathOf(identity(`${long}a`), ''), pathOf(identity(`${long}b`), ''));
  assert.is(
    pathOf(identity('a'.repeat(250)), '')
      .split('/')
      .pop()?.length,
    255,
  );
  assert.equal(identityOfPath(pathOf(identity(long), ''), ''), { ...identity(''), name: undefined });
  assert.not.match(pathOf(identity(':'.repeat(253)), ''), /%.?~/);
});

test('pathOf: two objects never share a path, and every path is safe', () => {
  const text = fc.oneof(
    fc.constantFrom(
      'a',
      'A',
      'a.b',
      '.a',
      '.',
      '..',
      '.git',
      '%',
      '%2E',
      '%2e',
      'a%2Fb',
      'a/b',
      '~',
      'a~',
      ':',
      'ü',
      'u\u0308',
    ),
    fc.string({ minLength: 1, maxLength: 4 }),
    fc.string({ minLength: 245, maxLength: 253, unit: fc.constantFrom('a', 'b', ':') }),
  );
  const groups = fc.constantFrom(
    '',
    'apps',
    'batch',
    'events.k8s.io',
    'example.com',
    'com',
    'Widget',
    'gateway.networking.k8s.io',
  );
  const kinds = fc.constantFrom(
    'Event',
    'Deployment',
    'Job',
    'Pod',
    'Widget',
    'Widget.example',
    'cluster-scoped',
    'namespaces',
  );
  const identity = fc
    .record({ group: groups, kind: kinds, namespace: fc.oneof(fc.constant(''), text), name: text })
    // Kinds that no version of Kubernetes has, in its own groups, are outside the promise.
    .map((each) =>
      /^(Widget|cluster|namespaces)/.test(each.kind) ? { ...each, group: each.group || 'example.com' } : each,
    )
    .map((each) =>
      /^(Widget|cluster|namespaces)/.test(each.kind) && /^(apps|batch|events)/.test(each.group)
        ? { ...each, group: 'com' }
        : each,
    );
  const same = (a: ObjectIdentity, b: ObjectIdentity) => JSON.stringify(a) === JSON.stringify(b);
  const well = identity.map(({ group, kind, namespace, name }) => ({
    group,
    kind,
    namespace: wellFormed(namespace),
    name: wellFormed(name),
  }));
  fc.assert(
    fc.property(fc.array(well, { minLength: 2, maxLength: 8 }), (identities) => {
      const seen = new Map<string, ObjectIdentity>();
      for (const each of identities) {
        const path = pathOf(each, 'p');
        const other = seen.get(path);
        assert.ok(other === undefined || same(other, each), path);
        seen.set(path, each);
        for (const segment of path.split('/')) {
          assert.match(segment, /^[A-Za-z0-9_%-][A-Za-z0-9._%~-]*$/);
          assert.ok(segment.length <= 255);
        }
        // No namespace has more than 63 characters, so there is no way back from one that had to be cut.
        if (path.includes('~') && each.namespace.length > 63) continue;
        const back = identityOfPath(path, 'p');
        assert.is(back?.kind, each.kind);
        assert.is(back?.name ?? each.name, each.name);
        if (!path.includes('~')) assert.is(back?.namespace, each.namespace);
      }
    }),
    { numRuns: 2000 },
  );
});

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

for (const path of [
  'README.md',
  'namespaces/n/ConfigMap/a.yml',
  'namespaces/n/ConfigMap/sub/a.yaml',
  'namespaces/n/a.yaml',
  'namespaces//ConfigMap/a.yaml',
  'cluster-scoped/ConfigMap/.yaml',
  'cluster-scoped/ConfigMap/a b.yaml',
  'cluster-scoped/ConfigMap/a%3a.yaml',
  'cluster-scoped/ConfigMap/a%FF.yaml',
  'cluster-scoped/ConfigMap/a%41.yaml',
  'cluster-scoped/ConfigMap/a~1.yaml',
  'elsewhere/cluster-scoped/ConfigMap/a.yaml',
]) {
  test(`identityOfPath: ${path} is no path of an object`, () => {
    assert.is(identityOfPath(path, ''), undefined);
    assert.is(identityOfPath(`p/${path}`, 'q'), undefined);
  });
}

test('identityOfKind: only paths of that kind', () => {
  const identity = { group: 'storage.k8s.io', kind: 'KindOfTomorrow', namespace: '', name: 'a:b' };
  const path = pathOf(identity, 'p');
  assert.equal(identityOfKind(path, 'p', identity), identity);
  for (const of of [
    { group: 'example.com', kind: 'KindOfTomorrow' },
    { group: '', kind: 'Pod' },
  ]) {
    assert.is(identityOfKind(path, 'p', of), undefined);
  }
  assert.is(identityOfKind(path, 'q', identity), undefined);
  assert.is(identityOfKind(pathOf({ ...identity, name: 'a'.repeat(253) }, ''), '', identity), undefined);
});

test('validatePrefix: takes folders', () => {
  assert.equal(validatePrefix(''), { ok: true, prefix: '' });
  assert.equal(validatePrefix('clusters/prod'), { ok: true, prefix: 'clusters/prod' });
  assert.equal(validatePrefix('clusters/prod/'), { ok: true, prefix: 'clusters/prod' });
  assert.ok(validatePrefix('.github/x..y/ü b').ok);
});

for (const path of [
  '/a',
  '..',
  'a/..',
  '../a',
  'a/../b',
  'a//b',
  './a',
  '.',
  '.git',
  'a/.GIT/b',
  '.git ',
  '.git.',
  'git~1',
  '.g\u200cit',
  'a\\b',
  'a\nb',
  'a\0',
  `${'a'.repeat(256)}`,
  'a/'.repeat(600),
  '//',
]) {
  test(`validatePrefix: refuses ${JSON.stringify(path.slice(0, 20))}`, () => {
    const result = validatePrefix(path);
    assert.not(result.ok);
    if (!result.ok) assert.match(result.error, /^path "/);
  });
}

test.run();
