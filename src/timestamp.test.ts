import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { timestamp } from './timestamp.ts';

const t0 = Date.UTC(2025, 0, 31, 18, 30);

test('timestamp writes whole seconds, as the API server reads and writes them', () => {
  assert.is(timestamp(t0 + 999), '2025-01-31T18:30:00Z');
  assert.is(timestamp(0), '1970-01-01T00:00:00Z');
});

test.run();
