import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths whose bytes on disk are not the generated ones, and files in `gen/` that nothing generates any more. */
export async function stalePaths(root: string, generated: ReadonlyMap<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of generated) {
    const found = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (found !== text) stale.push(path);
  }
  return [...stale, ...(await leftoverPaths(root, generated))];
}

/** Files in `gen/` that nothing generates any more. */
export async function leftoverPaths(root: string, generated: ReadonlyMap<string, string>): Promise<string[]> {
  const entries = await readdir(join(root, 'gen'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name).slice(root.length + 1));
  return paths.filter((path) => !generated.has(path)).sort();
}
