import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../../src/testing/temp-dir.ts';
import { compileTests } from './compile-tests.ts';
import { e2eFolders, unitFolders } from './find-tests.ts';

function givenRoot(dir: string, source: string): string {
  const root = join(dir, 'root');
  for (const folder of [...unitFolders, ...e2eFolders])
    mkdirSync(join(root, folder, 'deep'), { recursive: true });
  writeFileSync(join(root, 'src/deep/one.ts'), source);
  writeFileSync(join(root, 'gen/one.d.ts'), 'export declare const one: number;\n');
  return root;
}

test('compileTests makes JavaScript of each source, whose errors name the source', async () => {
  await withTempDir(async (dir) => {
    await compileTests(givenRoot(dir, 'export const one: number = 1;\n'), dir);
    const [code = '', map = ''] = readFileSync(join(dir, 'src/deep/one.js'), 'utf8').split('base64,');
    assert.match(code, 'const one = 1;');
    assert.equal(JSON.parse(Buffer.from(map, 'base64').toString()).sources, ['one.ts']);
  });
});

test('compileTests names the file that it can not compile', async () => {
  await withTempDir(async (dir) => {
    const error = await compileTests(givenRoot(dir, 'const = 1;\n'), dir).catch((thrown) => thrown);
    assert.match(error.message, /^Cannot compile src\/deep\/one\.ts: .*Expected identifier/s);
  });
});

test.run();
