import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildConstructs, CONSTRUCTS } from './build-constructs.ts';
import { BUNDLE, bundle } from './bundle.ts';
import { readFlags } from './read-flags.ts';

const help = `Usage: npm run build -- [options]

Writes the operator, and the constructs with which it is installed, to dist/.

  --operator  only the operator
  --help      this text
`;

const { operator } = readFlags(help, ['operator']);
await built(BUNDLE, bundle);
// The image holds nothing but the operator.
if (!operator) await built(join(CONSTRUCTS, 'index.js'), buildConstructs);

async function built(file: string, build: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  await build();
  const { size } = await stat(file);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${relative(process.cwd(), file)}: ${(size / 1e6).toFixed(1)} MB in ${seconds} s`);
}
