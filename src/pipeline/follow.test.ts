import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiResource, apiVersionOf } from '../kube/resource.ts';
import { Selection } from '../select/selection.ts';
import { resourcesToFollow } from './follow.ts';

const served = (apiVersion: string, kind: string, preferred = true, namespaced = true): ApiResource => {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced, preferred };
};

const SERVED = [
  served('v1', 'ConfigMap'),
  served('v1', 'Event'),
  served('v1', 'Node', true, false),
  served('apps/v1', 'Deployment'),
  served('events.k8s.io/v1', 'Event'),
  served('example.com/v2', 'Widget'),
  served('example.com/v1', 'Widget', false),
  served('example.com/v1beta1', 'Widget', false),
  served('example.com/v1beta1', 'Gadget'),
];

const rule = (...resources: [apiVersion: string, kind: string][]) =>
  new Selection({ resources: resources.map(([apiVersion, kind]) => ({ apiVersion, kind })) });

const followed = (selections: Selection[], resources: readonly ApiResource[] = SERVED) =>
  resourcesToFollow(selections, resources)
    .map((resource) => `${apiVersionOf(resource)} ${resource.kind}`)
    .sort();

test('resourcesToFollow: each kind that a rule selects, in one version', () => {
  const widget = (version: string) => [`example.com/${version} Widget`];
  const cases: [string, Selection[], string[]][] = [
    ['no rule', [], []],
    ['one kind', [rule(['v1', 'ConfigMap'])], ['v1 ConfigMap']],
    ['two rules, one kind', [rule(['v1', 'ConfigMap']), rule(['*', 'ConfigMap'])], ['v1 ConfigMap']],
    ['the preferred version', [rule(['*', 'Widget'])], widget('v2')],
    ['the preferred version of a group', [rule(['example.com/*', 'Widget'])], widget('v2')],
    ['a version that is named', [rule(['example.com/v1beta1', 'Widget'])], widget('v1beta1')],
    [
      'a named one wins over a wildcard',
      [rule(['*', '*']), rule(['example.com/v1', 'Widget'])].slice(1),
      widget('v1'),
    ],
    [
      'of several named ones the preferred one',
      [rule(['example.com/v1', 'Widget']), rule(['example.com/v2', 'Widget'])],
      widget('v2'),
    ],
    [
      'else the first that is served',
      [rule(['example.com/v1beta1', 'Widget'], ['example.com/v1', 'Widget'])],
      widget('v1'),
    ],
    ['a version that is not served', [rule(['example.com/v9', 'Widget'])], []],
    [
      'one that is, beside one that is not',
      [rule(['example.com/v9', 'Widget'], ['example.com/v1', 'Widget'])],
      widget('v1'),
    ],
    ['a kind that is not served', [rule(['example.com/v1', 'Missing'])], []],
    ['both kinds of one name', [rule(['*', 'Event'])], ['events.k8s.io/v1 Event', 'v1 Event']],
    [
      'everything, but no Events',
      [rule(['*', '*'])],
      [
        'apps/v1 Deployment',
        'example.com/v1beta1 Gadget',
        'example.com/v2 Widget',
        'v1 ConfigMap',
        'v1 Node',
      ],
    ],
    [
      'a version of every kind in it',
      [rule(['example.com/v1beta1', '*'])],
      ['example.com/v1beta1 Gadget', 'example.com/v1beta1 Widget'],
    ],
  ];
  for (const [what, selections, wanted] of cases) assert.equal(followed(selections), wanted, what);
});

test('resourcesToFollow: cluster-scoped kinds only for rules without a namespaceSelector', () => {
  const bound = new Selection({ resources: [{ apiVersion: '*', kind: 'Node' }], namespaceSelector: {} });
  assert.equal(followed([bound]), []);
  assert.equal(followed([bound, rule(['v1', 'Node'])]), ['v1 Node']);
});

test('resourcesToFollow: without discovery nothing', () => {
  assert.equal(followed([rule(['*', '*'])], []), []);
});

test('resourcesToFollow: the first version where none is marked as preferred', () => {
  const unmarked = SERVED.map((resource) => ({ ...resource, preferred: false }));
  assert.equal(followed([rule(['*', 'Widget'])], unmarked), ['example.com/v2 Widget']);
});

test.run();
