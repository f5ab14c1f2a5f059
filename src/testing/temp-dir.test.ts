import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from './temp-dir.ts';

test('withTempDir removes the folder and what is in it, also after an error', async () => {
  let path = '';
  const error = await withTempDir((dir) => {
    path = dir;
    writeFileSync(join(dir, 'file'), 'x');
    throw new Error('no');
  }).catch((thrown) => thrown);
  assert.is(error.message, 'no');
  assert.not(existsSync(path));
});

test('withTempDir returns what its function returns', async () => {
  assert.is(await withTempDir(() => 1), 1);
});

test.run();
