import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownText } from './own-text.ts';

test('ownText is the same text, of any length and any characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => assert.is(ownText(text), text)),
  );
  for (const text of ['', '\ud800', 'a\udc00b', 'x'.repeat(5_000), 'ä€😀'.repeat(2_000)])
    assert.is(ownText(text), text);
});

test.run();
