import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { messageOf } from '../../src/errors.ts';
import { e2eFolders, unitFolders } from './find-tests.ts';

/** Names the folder of compileTests. */
export const compiledVariable = 'GITOPS_REVERSER_COMPILED';

/** What node is called with to run a test file. */
export const compiledFlags = [
  '--enable-source-maps',
  '--import',
  './scripts/test-gate/compiled.mjs',
] as const;

/**
 * Make JavaScript of every source once, file by file, into a folder: a process then starts in a third of the time
 * that it takes with a compiler of its own. Takes about a second.
 */
export async function compileTests(root: string, into: string): Promise<void> {
  const sources = [...unitFolders, ...e2eFolders].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => join(folder, file)),
  );
  await Promise.all(
    sources.map(async (file) => {
      const { code } = await transform(await readFile(join(root, file), 'utf8'), {
        loader: 'ts',
        platform: 'node',
        format: 'esm',
        target: 'node20.19',
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
        // So that errors name the lines of the source.
        sourcefile: basename(file),
        sourcemap: 'inline',
        sourcesContent: false,
      }).catch((error) => {
        throw new Error(`Cannot compile ${file}: ${messageOf(error)}`, { cause: error });
      });
      const made = join(into, `${file.slice(0, -'.ts'.length)}.js`);
      await mkdir(dirname(made), { recursive: true });
      await writeFile(made, code);
    }),
  );
}
