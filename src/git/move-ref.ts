import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';

/**
 * Moves a ref from one commit to another, if it stands there or nowhere, as git does (lock, check, rename), without a
 * process. Whatever is not a plain ref in a file of its own is left to git.
 * Throws a CodedError when the ref stands elsewhere, or cannot be written.
 */
export async function moveRef(git: Git, ref: string, from: string | null, to: string): Promise<void> {
  if (from !== null && (await moveFile(join(git.dir, ref), from, to))) return;
  const isThere = (await git.run(['show-ref', '--verify', '--quiet', ref])).exitCode === 0;
  const old = isThere && from !== null ? from : '0'.repeat(to.length);
  const input = `start\nupdate ${ref} ${to} ${old}\nprepare\ncommit\n`;
  await git.ok(['update-ref', '--stdin'], { input });
}

/**
 * Points a ref to a commit that the repository has, wherever it stood; without a process where it stood in a file of
 * its own. Throws a CodedError when it cannot be written.
 */
export async function setRef(git: Git, ref: string, to: string): Promise<void> {
  const path = join(git.dir, ref);
  const text = await readFile(path, 'latin1').catch(() => '');
  const [, from] = /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.exec(text) ?? [];
  if (from !== undefined && (await moveFile(path, from, to))) return;
  await git.ok(['update-ref', '--stdin'], { input: `start\nupdate ${ref} ${to}\ncommit\n` });
}

/** False: it is not for us to move. */
async function moveFile(path: string, from: string, to: string): Promise<boolean> {
  const lock = `${path}.lock`;
  try {
    await writeFile(lock, `${to}\n`, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody holds it, or its folder is not there.
    if (code === 'EEXIST' || code === 'ENOENT' || code === 'ENOTDIR') return false;
    await rm(lock, { force: true }).catch(() => {});
    throw error;
  }
  const isPlain = await readFile(path, 'latin1').then(
    (text) => text === `${from}\n`,
    () => false,
  );
  if (!isPlain) {
    await rm(lock, { force: true });
    return false;
  }
  try {
    await rename(lock, path);
    return true;
  } catch (error) {
    await rm(lock, { force: true }).catch(() => {});
    throw error;
  }
}
