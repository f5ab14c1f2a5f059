import { realpath, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { LOCAL_LOCK } from './classify.ts';
import { gitLimits } from './git-limits.ts';

/**
 * Remove the lock of a ref that kept a git command from its work, if it was left behind: by a git that was killed alone,
 * as the kernel does when memory is short. Git never does, so nothing could be committed until a restart. Only this
 * program uses the clone, and none of its commands holds a ref for longer than a moment. Never throws.
 */
export async function removeStaleLock(dir: string, stderr: string): Promise<void> {
  const [, path] = LOCAL_LOCK.exec(stderr) ?? [];
  if (path === undefined) return;
  // Git names it by its real place.
  const file = relative(await realpath(dir).catch(() => dir), path);
  if (isAbsolute(file) || file.startsWith('..') || !isOfRefs(file)) return;
  const found = await stat(join(dir, file)).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < gitLimits.staleLockAgeMsMin) return;
  await rm(join(dir, file), { force: true }).catch(() => {});
}

/** A fetch holds `shallow.lock` for as long as it takes. */
function isOfRefs(file: string): boolean {
  return file.startsWith(`refs${sep}`) || file === 'packed-refs.lock' || file === 'HEAD.lock';
}
