import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { cacheFolder } from '../control-plane/cache-folder.ts';
import { withCacheLock } from '../control-plane/cache-lock.ts';
import { limits } from '../control-plane/limits.ts';
import { thisPlatform } from '../control-plane/platform.ts';
import { goVersion, kubernetesVersion } from '../control-plane/versions.ts';
import { mustRun } from '../run-command.ts';
import { withTempDir } from '../temp-dir.ts';

const SOURCE = join(import.meta.dirname, 'read-yaml.go');

/**
 * The program that reads YAML as kubectl does, built once and kept beside the control plane's programs; its modules
 * are among those that the control plane is built from. Returns its path. Throws when Go is missing or fails.
 */
export async function ensureGoReader(log: Log): Promise<string> {
  const folder = cacheFolder(thisPlatform());
  const hash = createHash('sha256')
    .update(await readFile(SOURCE))
    .digest('hex')
    .slice(0, 12);
  const program = join(folder, `read-yaml-${hash}`);
  const isThere = () =>
    access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
  if (await isThere()) return program;
  await mkdir(folder, { recursive: true });
  return withCacheLock(join(folder, '.lock-read-yaml'), log, async () => {
    if (!(await isThere())) await build(program);
    return program;
  });
}

function build(program: string): Promise<void> {
  return withTempDir(async (folder) => {
    const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
    const apimachinery = `k8s.io/apimachinery v${kubernetesVersion.replace(/^1\./, '0.')}`;
    await copyFile(SOURCE, join(folder, 'main.go'));
    await writeFile(
      join(folder, 'go.mod'),
      `module gitops-reverser.invalid/read-yaml\n\ngo ${goVersion}\n\nrequire ${apimachinery}\n`,
    );
    const out = `${program}.${process.pid}`;
    const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', '-ldflags=-s -w'];
    try {
      await mustRun('go', ['build', ...flags, '-o', out, '.'], {
        cwd: folder,
        env,
        timeoutMs: limits.buildMs,
      });
      await rename(out, program);
    } finally {
      await rm(out, { force: true });
    }
  }, 'read-yaml');
}
