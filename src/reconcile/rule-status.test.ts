import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../gen/model.ts';
import type { ApiResource } from '../kube/resource.ts';
import { type RuleFacts, ruleStatus } from './rule-status.ts';

const nowMs = Date.UTC(2025, 0, 31, 18, 30);

const served = (kind: string, group = ''): ApiResource => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: true,
  preferred: true,
});

const working: RuleFacts = {
  gitRepoConfig: 'audit-repo',
  isSynced: true,
  isSnapshotPushed: true,
  failing: [],
  notReviewed: [],
  notServed: [],
  followed: [
    { resource: served('ConfigMap'), objects: 2 },
    { resource: served('Deployment', 'apps'), objects: 1 },
  ],
  commits: 7,
  dropped: 3,
  snapshot: { commit: 'abc', timeMs: nowMs - 60_000 },
};

const of = (conditions: readonly Condition[] | undefined, type: string) =>
  conditions?.find((condition) => condition.type === type);

test('ruleStatus: Ready says what keeps a rule from capturing, the first thing first', () => {
  const failing = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      resource: served(`Kind${at}`, 'example.com'),
      code: 'Forbidden' as const,
      message: 'widgets is forbidden',
    }));
  const cases: [Partial<RuleFacts>, string, string, string | undefined, RegExp][] = [
    [{}, 'True', 'Capturing', undefined, /^Capturing 3 objects of 2 kinds\.$/],
    [
      { followed: [{ resource: served('A'), objects: 1 }] },
      'True',
      'Capturing',
      undefined,
      /^Capturing 1 object of 1 kind\.$/,
    ],
    [{ followed: [] }, 'True', 'Capturing', undefined, /^Capturing 0 objects of 0 kinds\.$/],
    [{ isSnapshotPushed: false }, 'False', 'SnapshotPending', 'Reconciling', /audit-repo/],
    [{ isSynced: false, isSnapshotPushed: false }, 'False', 'Synchronizing', 'Reconciling', /Listing/],
    [
      { failing: failing(1), isSynced: false },
      'False',
      'Forbidden',
      'Reconciling',
      /^Cannot watch kind0s\.example\.com: widgets is forbidden$/,
    ],
    [{ failing: failing(7) }, 'False', 'Forbidden', 'Reconciling', /kind4s\.example\.com and 2 more: /],
    [
      { stop: { reason: 'GitRepoConfigNotFound', message: 'Create it.' }, failing: failing(1) },
      'False',
      'GitRepoConfigNotFound',
      'Reconciling',
      /Create it/,
    ],
    [
      { stop: { reason: 'GitRepoConfigNotReady', message: 'Wait.' } },
      'False',
      'GitRepoConfigNotReady',
      'Reconciling',
      /Wait/,
    ],
    [{ stop: { reason: 'InvalidSpec', message: 'Mend it.' } }, 'False', 'InvalidSpec', 'Stalled', /Mend it/],
    [{ stop: { reason: 'Suspended', message: 'Suspended.' } }, 'False', 'Suspended', undefined, /Suspended/],
  ];
  for (const [more, status, reason, progress, message] of cases) {
    const { conditions } = ruleStatus(1, { ...working, ...more }, undefined, nowMs);
    const ready = of(conditions, 'Ready');
    assert.equal([ready?.status, ready?.reason], [status, reason]);
    assert.match(ready?.message ?? '', message);
    for (const type of ['Reconciling', 'Stalled'])
      assert.is(of(conditions, type)?.status, type === progress ? 'True' : undefined, `${reason} ${type}`);
  }
});

test('ruleStatus: kinds that are not served do not make a rule unready', () => {
  const { conditions } = ruleStatus(
    1,
    { ...working, notServed: ['example.com/v1/Widget'] },
    undefined,
    nowMs,
  );
  assert.is(of(conditions, 'Ready')?.status, 'True');
  assert.equal(
    [of(conditions, 'ResourcesServed')?.status, of(conditions, 'ResourcesServed')?.reason],
    ['False', 'NotServed'],
  );
  assert.match(of(conditions, 'ResourcesServed')?.message ?? '', 'example.com/v1/Widget');
  assert.is(of(ruleStatus(1, working, undefined, nowMs).conditions, 'ResourcesServed')?.status, 'True');
});

test('ruleStatus: a loop is a condition as long as it lasts, and the rule is ready beside it', () => {
  const loop = {
    identity: { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'app' },
    noise: { reason: 'Loop', writers: ['ann', 'ben'], fields: [], gapMs: 0 },
  } as const;
  const looping = ruleStatus(1, { ...working, loops: [loop] }, undefined, nowMs);
  const { status, reason, message } = of(looping.conditions, 'LoopDetected') as Condition;
  assert.equal([status, reason], ['True', 'WritersUndoEachOther']);
  assert.match(message, /^ConfigMap\/app in ns\/shop: ann and ben undo each other's changes\. /);
  assert.is(of(looping.conditions, 'Ready')?.status, 'True');
  const over = ruleStatus(1, working, looping, nowMs);
  assert.is(of(over.conditions, 'LoopDetected'), undefined);
});

test('ruleStatus counts, whatever the number of kinds', () => {
  const followed = Array.from({ length: 600 }, (_, at) => ({
    resource: served(`Kind${at}`),
    objects: at % 3,
  }));
  const status = ruleStatus(4, { ...working, followed }, undefined, nowMs);
  assert.is(status.observedGeneration, 4);
  assert.is(status.matchedResources, 600);
  assert.is(status.capturedObjects, 600);
  assert.is(status.commits, 7);
  assert.is(status.droppedChanges, 3);
  assert.ok((status.resources?.length ?? 0) <= 512);
});

test('ruleStatus keeps the count that stands until a resource is listed after a restart', () => {
  const followed = (objects: number, isCounted: boolean) => [
    { resource: served('ConfigMap'), objects, isCounted },
    { resource: served('Deployment', 'apps'), objects: 1, isCounted: true },
  ];
  const standing = ruleStatus(1, { ...working, followed: followed(50, true) }, undefined, nowMs);
  const cases: [number, boolean, number, number][] = [
    [0, false, 1, 50],
    [2, false, 1, 50],
    [60, false, 1, 60],
    [49, true, 1, 49],
    // Another generation selects something else.
    [2, false, 2, 2],
  ];
  for (const [objects, isCounted, generation, counted] of cases) {
    const facts = { ...working, followed: followed(objects, isCounted) };
    const status = ruleStatus(generation, facts, standing, nowMs);
    assert.is(status.capturedObjects, counted + 1);
    assert.is(status.resources?.find(({ kind }) => kind === 'ConfigMap')?.objects, counted);
    assert.match(of(status.conditions, 'Ready')?.message ?? '', `Capturing ${counted + 1} objects`);
  }
});

test('ruleStatus lists the same resources whatever their order, so that it is not written for nothing', () => {
  const one = ruleStatus(1, working, undefined, nowMs);
  const other = ruleStatus(1, { ...working, followed: working.followed.toReversed() }, undefined, nowMs);
  assert.equal(other, one);
  assert.equal(
    one.resources?.find(({ kind }) => kind === 'Deployment'),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      objects: 1,
    },
  );
});

test('ruleStatus is idempotent over time', () => {
  const once = ruleStatus(1, working, undefined, nowMs);
  assert.equal(ruleStatus(1, working, once, nowMs + 3_600_000), once);
});

test('ruleStatus: a snapshot stands until the rule changes, also while the rule is not at work', () => {
  const { snapshot: _, ...pending } = working;
  const waiting: RuleFacts = { ...pending, stop: { reason: 'GitRepoConfigNotReady', message: 'Wait.' } };
  const done = ruleStatus(1, working, undefined, nowMs);
  const noted = (status: { lastSnapshotTime?: string; lastSnapshotCommit?: string }) => [
    status.lastSnapshotTime,
    status.lastSnapshotCommit,
  ];
  assert.equal(noted(done), ['2025-01-31T18:29:00Z', 'abc']);
  assert.equal(noted(ruleStatus(1, waiting, done, nowMs)), noted(done));
  assert.equal(noted(ruleStatus(2, waiting, done, nowMs)), [undefined, undefined]);
  const changed = ruleStatus(2, waiting, done, nowMs);
  assert.equal(noted(ruleStatus(2, waiting, changed, nowMs)), [undefined, undefined]);
  const empty = ruleStatus(1, { ...working, snapshot: { timeMs: nowMs } }, done, nowMs);
  assert.equal(noted(empty), ['2025-01-31T18:30:00Z', undefined]);
});

test.run();
