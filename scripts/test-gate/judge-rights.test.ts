import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RightsRecord } from '../../src/testing/rights-book.ts';
import { judgeRights } from './judge-rights.ts';

const nothing: RightsRecord = {
  file: 'e2e/a.test.ts',
  granted: ['get a', 'get b'],
  unused: [],
  refused: [],
  uncovered: [],
  excused: [],
};

test('judgeRights: a right that one of several needs is needed', () => {
  const records = [
    { ...nothing, unused: ['get a'] },
    { ...nothing, unused: ['get b'] },
  ];
  assert.equal(judgeRights(['get a', 'get b'], records), []);
});

test('judgeRights: a right that nobody has, or that nobody who has it needs', () => {
  const another = { ...nothing, granted: ['get a'] };
  assert.equal(judgeRights(['get c'], [{ ...nothing, unused: ['get b'] }, another]), [
    'granted and never used: get b',
    'granted and never used: get c',
  ]);
});

test('judgeRights: an excused right counts as needed where it is granted', () => {
  assert.equal(judgeRights([], [{ ...nothing, unused: ['get b'], excused: ['get b'] }]), []);
  const elsewhere = { ...nothing, granted: [], excused: ['get b'] };
  assert.equal(judgeRights([], [{ ...nothing, unused: ['get b'] }, elsewhere]), [
    'granted and never used: get b',
  ]);
});

test('judgeRights: what was refused, and what other roles granted, once for each file', () => {
  const record = { ...nothing, refused: ['list c'], uncovered: ['get /version'] };
  assert.equal(judgeRights([], [record, record]), [
    'e2e/a.test.ts: not granted by its roles: get /version',
    'e2e/a.test.ts: refused: list c',
  ]);
});

test.run();
