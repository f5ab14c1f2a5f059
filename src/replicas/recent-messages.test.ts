import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RecentMessages } from './recent-messages.ts';

test('RecentMessages keeps what is not too old', () => {
  let nowMs = 0;
  const recent = new RecentMessages({ now: () => nowMs });
  for (; nowMs < 10 * 60_000; nowMs += 100) recent.add(`m${nowMs}`);
  const texts = recent.texts();
  assert.is(texts[0], `m${nowMs - 5 * 60_000}`);
  assert.is(texts.at(-1), `m${nowMs - 100}`);
  assert.is(texts.length, 3_000);
  nowMs += 60 * 60_000;
  assert.equal(recent.texts(), []);
  recent.add('new');
  assert.equal(recent.texts(), ['new']);
});

test('RecentMessages is bounded in size', () => {
  const recent = new RecentMessages({ now: () => 0 });
  const long = 'x'.repeat(1024 * 1024 - 1);
  for (let at = 0; at < 20; at++) recent.add(`${at % 10}${long}`);
  assert.equal(
    recent.texts().map((text) => text[0]),
    ['2', '3', '4', '5', '6', '7', '8', '9'],
  );
});

test.run();
