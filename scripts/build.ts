import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { BUNDLE, bundle } from './bundle.ts';

const startedAt = performance.now();
await bundle();
const { size } = await stat(BUNDLE);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`${relative(process.cwd(), BUNDLE)}: ${(size / 1e6).toFixed(1)} MB in ${seconds} s`);
