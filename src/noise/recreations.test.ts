import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noiseLimits } from './noise-limits.ts';
import { type Recreation, Recreations } from './recreations.ts';

const SECOND = 1_000;

/** Whoever deletes and whoever creates take turns; returns what is told, with the time. */
function turns(
  recreations: Recreations,
  rounds: number,
  { from = 0, gap = SECOND, deleter = 'ann', creator = 'argo' } = {},
) {
  const told: (Recreation & { readonly atMs: number })[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [what, writer, later] of [
      ['Deleted', deleter, 0],
      ['Created', creator, gap / 2],
    ] as const) {
      const atMs = from + round * gap + later;
      const seen = recreations.observe('f', what, writer, atMs);
      if (seen !== undefined) told.push({ ...seen, atMs });
    }
  }
  return told;
}

test('Recreations: two who delete and create are told after as many alternations as make a loop', () => {
  assert.equal(turns(new Recreations(), 3), []);
  const [first, ...more] = turns(new Recreations(), 50);
  assert.equal(more, []);
  assert.equal(
    { deletedBy: first?.deletedBy, createdBy: first?.createdBy },
    { deletedBy: 'ann', createdBy: 'argo' },
  );
  assert.ok((first?.atMs ?? 0) <= 4 * SECOND);
});

test('Recreations: whoever replaces an object alone is none', () => {
  assert.equal(turns(new Recreations(), 50, { deleter: 'helm', creator: 'helm' }), []);
});

test('Recreations: a new object of the name is none, nor what is seldom', () => {
  const recreations = new Recreations();
  for (let at = 0; at < 50; at += 1) assert.is(recreations.observe('f', 'Created', 'argo', at), undefined);
  assert.equal(turns(recreations, 20, { gap: noiseLimits.loopWindowMs }), []);
});

test('Recreations: told again when it goes on for an hour, and when it begins anew', () => {
  const gap = 60 * SECOND;
  const recreations = new Recreations();
  const hours = 3;
  assert.is(turns(recreations, (hours * noiseLimits.loopWindowMs) / gap, { gap }).length, hours);
  const later = 5 * noiseLimits.loopWindowMs;
  assert.equal(turns(recreations, 2, { from: later }), []);
  assert.is(turns(recreations, 4, { from: later + 2 * SECOND }).length, 1);
});

test.run();
