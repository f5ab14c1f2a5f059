import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type Script, withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { discover, type GroupDiscovery, mergeDiscovered, readDiscovery } from './discovery.ts';
import type { ApiResource } from './resource.ts';
import { resourceKey } from './resource.ts';

type Resource = NonNullable<NonNullable<GroupDiscovery['versions']>[number]['resources']>[number];

const served = (resource: string, kind: string, more: Partial<Resource> = {}): Resource => ({
  resource,
  responseKind: { kind },
  scope: 'Namespaced',
  verbs: ['create', 'get', 'list', 'watch'],
  ...more,
});

const core: GroupDiscovery = {
  metadata: {},
  versions: [
    {
      version: 'v1',
      freshness: 'Current',
      resources: [
        served('configmaps', 'ConfigMap'),
        served('nodes', 'Node', { scope: 'Cluster' }),
        served('bindings', 'Binding', { verbs: ['create'] }),
        served('componentstatuses', 'ComponentStatus', { verbs: ['get', 'list'] }),
      ],
    },
  ],
};
const autoscaling: GroupDiscovery = {
  metadata: { name: 'autoscaling' },
  versions: [
    { version: 'v2', resources: [served('horizontalpodautoscalers', 'HorizontalPodAutoscaler')] },
    {
      version: 'v1',
      resources: [
        served('horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
        served('oldthings', 'OldThing'),
      ],
    },
  ],
};

test('readDiscovery takes what can be listed and watched, in every version, and marks the preferred one', () => {
  const { resources, failedGroups } = readDiscovery([core, autoscaling]);
  assert.equal(
    resources.map((one) => [resourceKey(one), one.kind, one.namespaced, one.preferred]),
    [
      ['/v1/configmaps', 'ConfigMap', true, true],
      ['/v1/nodes', 'Node', false, true],
      ['autoscaling/v2/horizontalpodautoscalers', 'HorizontalPodAutoscaler', true, true],
      ['autoscaling/v1/horizontalpodautoscalers', 'HorizontalPodAutoscaler', true, false],
      ['autoscaling/v1/oldthings', 'OldThing', true, true],
    ],
  );
  assert.is(failedGroups.size, 0);
});

test('readDiscovery notes groups of which a version is stale, and bears what is missing', () => {
  const stale = { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1', freshness: 'Stale' }] };
  const { resources, failedGroups } = readDiscovery([
    stale,
    {},
    { versions: [{ version: 'v1', resources: [] }] },
  ]);
  assert.equal(resources, []);
  assert.equal([...failedGroups], ['metrics.k8s.io']);
  const nameless = { versions: [{ version: 'v1', resources: [{ resource: 'x' }, served('y', '')] }] };
  assert.equal(readDiscovery([nameless]).resources, []);
});

const widget = (version: string): ApiResource => ({
  group: 'example.com',
  version,
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
  preferred: true,
});
const other: ApiResource = { ...widget('v1'), group: 'other.example.com' };

test('mergeDiscovered: only an answer takes a resource away, a failure never does', () => {
  const cases = [
    { what: 'left out', known: [widget('v1'), other], found: [other], failed: [], merged: [other] },
    {
      what: 'failed',
      known: [widget('v1'), other],
      found: [other],
      failed: ['example.com'],
      merged: [other, widget('v1')],
    },
    {
      what: 'another group failed',
      known: [widget('v1'), other],
      found: [other],
      failed: ['third.example.com'],
      merged: [other],
    },
    { what: 'new', known: [], found: [other], failed: [], merged: [other] },
    {
      what: 'stale but told',
      known: [widget('v1')],
      found: [widget('v1')],
      failed: ['example.com'],
      merged: [widget('v1')],
    },
  ];
  for (const { what, known, found, failed, merged } of cases) {
    const after = mergeDiscovered(known, { resources: found, failedGroups: new Set(failed) });
    assert.equal(after, merged, what);
  }
});

const serving =
  (api: object, apis: object): Script =>
  ({ path }, answer) =>
    answer.json(path === '/api' ? api : apis);
const aggregated = (...items: GroupDiscovery[]) => ({ kind: 'APIGroupDiscoveryList', items });

test('discover asks for aggregated discovery of the core group and of all others', () =>
  withScriptedApiServer(serving(aggregated(core), aggregated(autoscaling)), async ({ client, requests }) => {
    const { resources } = await discover(client);
    assert.is(resources.length, 5);
    assert.equal(requests.map(({ path }) => path).sort(), ['/api', '/apis']);
    for (const { headers } of requests) assert.match(headers.accept ?? '', /as=APIGroupDiscoveryList/);
  }));

test('discover fails on every answer that is not a whole discovery', async () => {
  const cases: [string, Script][] = [
    ['nothing at all', serving(aggregated(), aggregated())],
    ['an old server', serving({ kind: 'APIVersions' }, { kind: 'APIGroupList', groups: [] })],
    ['half an answer', serving(aggregated(core), { kind: 'APIGroupList', groups: [] })],
    [
      'an error',
      ({ path }, answer) => (path === '/api' ? answer.json(aggregated(core)) : answer.status(503, 'no')),
    ],
    ['no JSON', ({ path }, answer) => answer.json(path === '/api' ? aggregated(core) : '<html>')],
  ];
  for (const [what, script] of cases) {
    await withScriptedApiServer(script, async ({ client }) => {
      const error = await discover(client).catch((thrown) => thrown);
      assert.instance(error, CodedError, what);
    });
  }
});

test.run();
