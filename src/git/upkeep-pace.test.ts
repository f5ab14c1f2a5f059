import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from '../testing/poll.ts';
import { gitLimits } from './git-limits.ts';
import { createUpkeepPace } from './upkeep-pace.ts';

const { packsPerRollUp, packsMax } = gitLimits;

function paced() {
  const told = { times: 0 };
  const pace = createUpkeepPace(() => void told.times++);
  const write = (packs: number) => {
    for (let at = 0; at < packs; at++) pace.wrote();
  };
  return { told, pace, write };
}

test('createUpkeepPace: many packs in a row wait until it is quiet', async () => {
  const { told, pace, write } = paced();
  write(packsPerRollUp);
  assert.is(told.times, 0);
  await poll(() => told.times > 0, { what: 'a quiet time' });
  // Counted anew.
  write(packsPerRollUp - 1);
  assert.is(told.times, 1);
  pace.stop();
});

test('createUpkeepPace: too many packs do not wait', () => {
  const { told, pace, write } = paced();
  write(packsMax - 1);
  assert.is(told.times, 0);
  write(1);
  assert.is(told.times, 1);
  write(packsMax);
  assert.is(told.times, 2);
  pace.stop();
});

test('createUpkeepPace: nothing is told after the end', () => {
  const { told, pace, write } = paced();
  write(packsPerRollUp);
  pace.stop();
  write(packsMax);
  assert.is(told.times, 0);
});

test.run();
