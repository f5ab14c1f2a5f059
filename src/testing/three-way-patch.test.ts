import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasList, sortedText, threeWayPatch } from './three-way-patch.ts';

test('threeWayPatch: what is wanted comes, what was applied goes, what others wrote stays', () => {
  const applied = { data: { a: '1', b: '1' }, gone: { x: 1 } };
  const live = { data: { a: '1', b: '1', others: '1' }, gone: { x: 1 }, status: {} };
  const wanted = { data: { a: '2', c: '1' }, list: [1] };
  assert.equal(threeWayPatch(live, wanted, applied), {
    data: { a: '2', b: null, c: '1' },
    list: [1],
    gone: null,
  });
  assert.equal(threeWayPatch(live, applied, applied), {});
  assert.equal(threeWayPatch({ list: [{ a: 1, b: 2 }] }, { list: [{ b: 2, a: 1 }] }, {}), {});
  // It has gone already.
  assert.equal(threeWayPatch({}, {}, { a: 1 }), {});
});

test('sortedText is what Go writes; hasList looks below objects', () => {
  assert.is(
    sortedText({ b: '<&>', a: { d: 1, c: [{ f: 1, e: 2 }] } }),
    '{"a":{"c":[{"e":2,"f":1}],"d":1},"b":"\\u003c\\u0026\\u003e"}',
  );
  assert.ok(hasList({ a: { b: [] } }));
  assert.not.ok(hasList({ a: { b: 'x' } }));
});

test.run();
