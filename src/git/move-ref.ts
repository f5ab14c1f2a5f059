import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';

/**
 * Moves refs as git does (lock, check, rename), without a process. Whatever is not a plain ref in a file of its own is
 * left to git.
 */
export interface RefMover {
  /**
   * Moves a ref from one commit to another, if it stands there or nowhere. Throws when the ref stands elsewhere, or
   * cannot be written.
   */
  move(ref: string, from: string | null, to: string): Promise<void>;
  /** Points a ref to a commit that the repository has, wherever it stood. Throws when it cannot be written. */
  set(ref: string, to: string): Promise<void>;
  /** Removes locks of its own that could not be removed before. To be called before git moves refs here. */
  removeLocks(): Promise<void>;
}

/** Of one repository, which nobody else writes to. */
export function createRefMover(git: Git): RefMover {
  /** A full disk may refuse even that a file is removed: then nobody could move the ref any more. */
  const left = new Set<string>();

  async function removeLocks(): Promise<void> {
    for (const lock of left) {
      await rm(lock, { force: true });
      left.delete(lock);
    }
  }

  async function release(lock: string): Promise<void> {
    left.add(lock);
    await rm(lock, { force: true }).then(
      () => left.delete(lock),
      () => {},
    );
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
      await release(lock);
      throw error;
    }
    const isPlain = await readFile(path, 'latin1').then(
      (text) => text === `${from}\n`,
      () => false,
    );
    if (!isPlain) {
      await release(lock);
      return false;
    }
    try {
      await rename(lock, path);
      return true;
    } catch (error) {
      await release(lock);
      throw error;
    }
  }

  return {
    removeLocks,
    async move(ref, from, to) {
      await removeLocks();
      if (from !== null && (await moveFile(join(git.dir, ref), from, to))) return;
      const isThere = (await git.run(['show-ref', '--verify', '--quiet', ref])).exitCode === 0;
      const old = isThere && from !== null ? from : '0'.repeat(to.length);
      const input = `start\nupdate ${ref} ${to} ${old}\nprepare\ncommit\n`;
      await git.ok(['update-ref', '--stdin'], { input });
    },
    async set(ref, to) {
      await removeLocks();
      const path = join(git.dir, ref);
      const text = await readFile(path, 'latin1').catch(() => '');
      const [, from] = /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.exec(text) ?? [];
      if (from !== undefined && (await moveFile(path, from, to))) return;
      await git.ok(['update-ref', '--stdin'], { input: `start\nupdate ${ref} ${to}\ncommit\n` });
    },
  };
}
