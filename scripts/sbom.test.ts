import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withTempDir } from '../src/testing/temp-dir.ts';
import { bundle } from './bundle.ts';

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

test('bundle: its bill of materials names every package in it, as the lock file has them', () =>
  withTempDir(async (dir) => {
    const file = join(dir, 'bundle.mjs');
    await bundle(file);
    const { components, metadata } = JSON.parse(await readFile(`${file}.cdx.json`, 'utf8'));
    assert.is(metadata.component.name, 'gitops-reverser');
    const names = components.map(({ name }: { name: string }) => name);
    for (const name of ['koa', 'yaml', 'simple-git', '@kubernetes/client-node'])
      assert.ok(names.includes(name), name);
    for (const name of ['esbuild', 'typescript', 'cdk8s', 'gitops-reverser'])
      assert.not(names.includes(name), name);
    const locked = new Set(
      Object.entries<{ version: string }>(lock.packages).map(
        ([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`,
      ),
    );
    for (const { name, version, licenses } of components) {
      assert.ok(locked.has(`${name}@${version}`), name);
      assert.is.not(licenses[0].expression, 'NOASSERTION', name);
    }
    const purls = components.map(({ purl }: { purl: string }) => purl);
    assert.equal(purls, [...new Set(purls)].sort());
  }));

test.run();
