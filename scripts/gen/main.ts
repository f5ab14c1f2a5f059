import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readFlags } from '../read-flags.ts';
import { generate } from './generate.ts';
import { leftoverPaths, stalePaths } from './stale.ts';

const help = `Usage: npm run gen -- [options]

Writes gen/ and docs/reference.md from crds/.

  --check   write nothing, and exit 1 when they are stale
  --help    this text
`;

const { check } = readFlags(help, ['check']);
const root = resolve(import.meta.dirname, '../..');
await mkdir(join(root, 'gen'), { recursive: true });
const generated = await generate(root);
const stale = await stalePaths(root, generated);

if (check) {
  for (const path of stale) console.error(`Stale: ${path}. Run: npm run gen`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const path of await leftoverPaths(root, generated)) await rm(join(root, path));
  for (const [path, text] of generated) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  console.log(`Generated ${generated.size} files, ${stale.length} changed.`);
}
