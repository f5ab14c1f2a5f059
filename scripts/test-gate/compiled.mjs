// Lets node run the sources as compile-tests.ts made them. A file keeps its own URL, by which it finds what stands
// beside it. Plain JavaScript, since nothing compiles it.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const root = new URL('../../', import.meta.url).href;

// Node loads this file a second time, in the thread of the hooks.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.startsWith(root) || !url.endsWith('.ts')) return next(url, context);
  const file = `${process.env.GITOPS_REVERSER_COMPILED}/${url.slice(root.length, -'.ts'.length)}.js`;
  return { format: 'module', shortCircuit: true, source: await readFile(file) };
}
