import { hash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { gitLimits } from './git-limits.ts';

/**
 * The folder that holds the credentials of the one operator that runs on a data directory, below the system's
 * temporary folder. Always the same, so that the next operator there finds what a killed one left.
 *
 * @param dataDir path without symbolic links
 */
export function privateParentOf(dataDir: string): string {
  // Short: a socket of ssh has to fit below it, also below the long temporary folders of macOS.
  return join(tmpdir(), `gitops-reverser-${hash('sha256', dataDir).slice(0, 8)}`);
}

/**
 * Makes a fresh private folder, 0700, and its parent where that is missing: what cleans up temporary folders takes it
 * when it is empty. Throws a CodedError (`GitFailed`) where others could reach what is put there.
 *
 * @param parent Default: the system's temporary folder, as it is.
 */
export async function makePrivateFolder(parent?: string): Promise<string> {
  if (parent !== undefined && !isOwnFolder(parent)) {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    isOwnFolder(parent);
  }
  return mkdtemp(join(parent ?? tmpdir(), 'gr-'));
}

/** False: it is not there. Throws where it is a symbolic link, no folder, or another user's. */
function isOwnFolder(parent: string): boolean {
  const found = lstatSync(parent, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const fault = found.isSymbolicLink()
    ? 'is a symbolic link'
    : !found.isDirectory()
      ? 'is not a folder'
      : process.getuid !== undefined && found.uid !== process.getuid()
        ? `belongs to another user, with id ${found.uid}`
        : null;
  if (fault === null) return true;
  throw new CodedError(
    'GitFailed',
    `Credentials cannot be kept in "${parent}": it ${fault}; remove it, or set TMPDIR to another folder`,
    { retry: true },
  );
}

/**
 * Removes a private folder with all that is in it. Throws a CodedError (`DiskFull`, `GitFailed`) that names the folder
 * when that still fails after `gitLimits.privateRemovalsMax` attempts.
 */
export async function removePrivateFolder(dir: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rm(dir, { recursive: true, force: true });
    } catch (error) {
      if (attempt < gitLimits.privateRemovalsMax) continue;
      const { code } = error as NodeJS.ErrnoException;
      throw new CodedError(
        code === 'ENOSPC' ? 'DiskFull' : 'GitFailed',
        `Credentials stay in "${dir}", which cannot be removed (${code ?? messageOf(error)}): remove it`,
        { cause: error },
      );
    }
  }
}

/**
 * Removes what a killed operator left below the parent, and closes that to others. What cannot be removed is logged,
 * and named. Throws a CodedError (`GitFailed`) where others could reach what is put there.
 */
export async function sweepPrivateParent(parent: string, log: Log): Promise<void> {
  if (!isOwnFolder(parent)) return;
  await chmod(parent, 0o700);
  for (const name of await readdir(parent)) {
    try {
      await removePrivateFolder(join(parent, name));
    } catch (error) {
      log.error('Credentials of an earlier process stay on disk', { error: messageOf(error) });
    }
  }
}
