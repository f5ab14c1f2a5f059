import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder of its own, below the system's temporary folder. */
export interface TempDir {
  /** Absolute path without symbolic links (macOS' `/tmp` is one). */
  readonly path: string;
  remove(): Promise<void>;
}

/** Make a fresh folder. Whoever makes it removes it. */
export async function makeTempDir(name = 'test'): Promise<TempDir> {
  const path = await realpath(await mkdtemp(join(tmpdir(), `gitops-reverser-${name}-`)));
  // A process that was just killed may still be closing its files.
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return { path, remove };
}

/** Call `use` with the path of a fresh folder, and remove it afterwards, also when `use` throws. */
export async function withTempDir<T>(use: (path: string) => Promise<T> | T, name?: string): Promise<T> {
  const dir = await makeTempDir(name);
  try {
    return await use(dir.path);
  } finally {
    await dir.remove();
  }
}
