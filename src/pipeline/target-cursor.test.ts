import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Selection } from '../select/selection.ts';
import { ActiveRule } from './active-rule.ts';
import { memoryBranch } from './pipeline-fixture.ts';
import { TargetCursor } from './target-cursor.ts';

const ruleOf = (uid: string, selects = 'all') =>
  new ActiveRule({
    key: `default/${uid}`,
    uid,
    generation: 1,
    selection: new Selection({ resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }] }),
    excludeFields: { paths: [] },
    scope: { resourceVersion: '1', timeMs: 7, resumed: false },
    selects,
  });

test('TargetCursor.resume: only what was marked by an earlier one, for the same selection and scheme', () => {
  const branch = memoryBranch();
  const cursor = new TargetCursor('o', branch, 'scheme');
  const rule = ruleOf('r');
  rule.setListed('secrets', false);
  cursor.settle('maps', '5');
  cursor.settle('secrets', '5');
  cursor.markRule(rule, 42);
  const again = (scheme = 'scheme', owner = 'o') => new TargetCursor(owner, branch, scheme);
  const resumed = again().resume('r', 'all');
  assert.equal([...(resumed?.positions ?? [])], [['maps', '5']]);
  assert.is(resumed?.snapshotMs, 42);
  assert.is(again().resume('r', 'less'), undefined);
  assert.is(again().resume('other', 'all'), undefined);
  assert.is(again('another scheme').resume('r', 'all'), undefined);
  assert.is(again('scheme', 'p').resume('r', 'all'), undefined);
  branch.marks.set('o rule r', 'not JSON');
  assert.is(again().resume('r', 'all'), undefined);
});

test('TargetCursor: positions only advance, and not while a resource is withheld', () => {
  const branch = memoryBranch();
  const cursor = new TargetCursor('o', branch, '');
  const stored = () => branch.marks.get('o resource maps');
  cursor.settle('maps', '9');
  cursor.reached('maps', '8');
  assert.is(stored(), '9');
  assert.equal(cursor.marksFor('maps', '9'), []);
  assert.equal(cursor.marksFor('maps', '10'), [{ owner: 'o', key: 'resource maps', position: '10' }]);
  cursor.withhold('maps');
  assert.is(stored(), undefined);
  assert.equal(cursor.marksFor('maps', '11'), []);
  cursor.reached('maps', '12');
  assert.is(stored(), undefined);
  // Another history: the versions begin anew.
  cursor.settle('maps', '3');
  assert.is(stored(), '3');
});

test('TargetCursor: what was dropped or withheld in this process is not resumed in it', () => {
  const branch = memoryBranch();
  const rule = ruleOf('r');
  const before = new TargetCursor('o', branch, '');
  before.settle('maps', '5');
  before.settle('secrets', '5');
  before.markRule(rule, 1);
  before.markRule(ruleOf('other'), 1);
  branch.stick();
  const cursor = new TargetCursor('o', branch, '');
  cursor.withhold('secrets');
  assert.equal([...(cursor.resume('r', 'all')?.positions.keys() ?? [])], ['maps']);
  cursor.keepRules(new Set(['r']));
  assert.is(cursor.resume('other', 'all'), undefined);
  cursor.dropRule('r');
  assert.is(cursor.resume('r', 'all'), undefined);
});

test.run();
