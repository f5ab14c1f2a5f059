import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders whose `*.test.ts` files need no control plane. */
export const unitFolders = ['src', 'gen', 'infra', 'scripts'] as const;

/** Folder whose `*.test.ts` files each start their own control plane. */
export const e2eFolders = ['e2e'] as const;

/** Paths of the test files below the folders, relative to `root`, sorted. A folder may be missing. */
export function findTests(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => testsBelow(root, folder)).sort();
}

function testsBelow(root: string, folder: string): string[] {
  try {
    const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    return entries.filter((entry) => entry.endsWith('.test.ts')).map((entry) => `${folder}/${entry}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
