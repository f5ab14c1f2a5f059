import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { mustRun } from '../src/testing/run-command.ts';

const root = resolve(import.meta.dirname, '..');

/** Where `gitops-reverser/constructs` stands: `index.js`, and its declarations below `types/`. */
export const CONSTRUCTS = join(root, 'dist/constructs');

/**
 * Build the constructs for cdk8s as a library: one module that needs nothing but its peers, and declarations with all
 * doc comments. Takes about a second.
 */
export async function buildConstructs(): Promise<void> {
  await rm(CONSTRUCTS, { recursive: true, force: true });
  await Promise.all([
    build({
      absWorkingDir: root,
      entryPoints: ['infra/constructs.ts'],
      outfile: join(CONSTRUCTS, 'index.js'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      // The user's own, or what he makes would not be of the same classes.
      external: ['cdk8s', 'cdk8s-plus-28', 'constructs'],
      logLevel: 'warning',
    }),
    writeDeclarations(),
  ]);
}

/** TypeScript writes them with the imports of the sources (`./x.ts`), which are not there for users. */
async function writeDeclarations(): Promise<void> {
  await mustRun(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'tsconfig.constructs.json')], {
    cwd: root,
  });
  const dir = join(CONSTRUCTS, 'types');
  const files = await readdir(dir, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    const text = await readFile(join(dir, file), 'utf8');
    await writeFile(join(dir, file), text.replace(/(from '\.[^']+)\.ts'/g, "$1.js'"));
  }
}
