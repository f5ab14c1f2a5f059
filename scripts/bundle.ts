import { chmod, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sbomOf } from './sbom.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the bundle stands: the one file that runs on Node with git on PATH. */
export const BUNDLE = fileURLToPath(new URL('../dist/gitops-reverser.mjs', import.meta.url));

/**
 * Bundle the operator with all of its dependencies into one file. Beside it stand their licences (`.LEGAL.txt`) and a
 * bill of materials (`.cdx.json`, CycloneDX). Takes under a second.
 */
export async function bundle(outfile: string = BUNDLE): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    // Modules are called as they stand below the root, also where node_modules is a link to somewhere else.
    preserveSymlinks: true,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // Dependencies that are CommonJS call require() for Node's own modules.
    banner: {
      js: [
        '#!/usr/bin/env node',
        "import { createRequire as createRequireForBundle } from 'node:module';",
        'const require = createRequireForBundle(import.meta.url);',
      ].join('\n'),
    },
    legalComments: 'linked',
    // The engine keeps the source in memory. Names stay, and lines short enough to tell where an error was.
    minifyWhitespace: true,
    lineLimit: 160,
    logLevel: 'warning',
    metafile: true,
  });
  const sbom = await sbomOf(Object.keys(metafile.inputs));
  await writeFile(`${outfile}.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
  await chmod(outfile, 0o755);
}
