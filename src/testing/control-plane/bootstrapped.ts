import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { cacheFolder } from './cache-folder.ts';
import { withCacheLock } from './cache-lock.ts';
import { apiServerFlags, etcdFlags } from './component-flags.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import type { Credentials } from './credentials.ts';
import { limits } from './limits.ts';
import { thisPlatform } from './platform.ts';
import type { Binaries } from './versions.ts';

/**
 * What an API server writes at its very first start (its roles, flow schemas, priority classes, certificate) costs a
 * third of that start. It is made once, kept in the cache, and copied for each control plane. Everything that tells
 * control planes apart is left out: tokens, keys and namespaces, so that each has a uid of its own for `kube-system`,
 * by which clusters are known.
 */
export interface BootstrappedOptions {
  readonly binaries: Binaries;
  readonly log: Log;
  /** Default: the cache folder of this platform. */
  readonly cache?: string;
  /** Start etcd and an API server in the folder, end the latter, call `use`, and end etcd. */
  readonly bootstrap: (dir: string, use: (etcdUrl: string) => Promise<void>) => Promise<void>;
}

/** The folders of a control plane that are copied. */
const kept = ['etcd', 'certificates'] as const;

const cannotWrite = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

const logMarginBytes = 64;

/** Stands for credentials where only the other flags matter. */
const nobody: Credentials = {
  tokens: new Map(),
  tokenFile: '',
  serviceAccountKeyFile: '',
  certificateDir: '',
  certificateFile: '',
};

/**
 * Fill the folder of a new control plane; one that holds data already stays as it is. Where the cache can not be
 * written, it stays empty: the API server then does it all by itself.
 */
export async function copyBootstrapped(dir: string, options: BootstrappedOptions): Promise<void> {
  if (existsSync(join(dir, 'etcd'))) return;
  const from = await ensureBootstrapped(options).catch((error) => {
    if (!cannotWrite.has(error.code)) throw error;
    options.log.info(`Nothing is kept for the next start: ${error.message}`);
  });
  if (from === undefined) return;
  for (const folder of kept) {
    await cp(join(from, folder), join(dir, folder), { recursive: true });
  }
}

/** The folder that holds it, made when it is missing or when its certificate ends soon. */
async function ensureBootstrapped(options: BootstrappedOptions): Promise<string> {
  const cache = options.cache ?? cacheFolder(thisPlatform());
  const folder = join(cache, `bootstrapped-${keyOf(options)}`);
  if (await isUsable(folder)) return folder;
  return withCacheLock(`${folder}.lock`, options.log, async () => {
    if (await isUsable(folder)) return folder;
    const made = await mkdtemp(join(cache, 'bootstrapping-'));
    try {
      await options.bootstrap(made, forgetNamespaces);
      await trimLogs(made);
      for (const name of await readdir(made)) {
        if (!kept.some((folder) => folder === name)) await rm(join(made, name), { recursive: true });
      }
      await rm(folder, { recursive: true, force: true });
      await rename(made, folder);
    } finally {
      await rm(made, { recursive: true, force: true });
    }
    return folder;
  });
}

/** Other programs or other flags make other data. */
function keyOf({ binaries }: BootstrappedOptions): string {
  const programs = [binaries.etcd, binaries['kube-apiserver']].map((path) => {
    const { size, mtimeMs } = statSync(path);
    return [path, size, mtimeMs];
  });
  const ports = { etcdClient: 0, etcdPeer: 0, apiServer: 0 };
  const flags = [...etcdFlags('', ports), ...apiServerFlags(nobody, ports)];
  return createHash('sha256')
    .update(JSON.stringify([programs, flags]))
    .digest('hex')
    .slice(0, 12);
}

async function isUsable(folder: string): Promise<boolean> {
  const certificate = await readFile(join(folder, 'certificates', 'apiserver.crt')).catch(() => undefined);
  if (certificate === undefined) return false;
  return Date.parse(new X509Certificate(certificate).validTo) - Date.now() > limits.certificateLeftMs;
}

/** By etcd's JSON gateway. The API server makes its namespaces again when it starts. */
async function forgetNamespaces(etcdUrl: string): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const answer = await fetch(`${etcdUrl}/v3/kv/deleterange`, {
    method: 'POST',
    body: JSON.stringify({
      key: base64('/registry/namespaces/'),
      range_end: base64('/registry/namespaces0'),
    }),
    signal: AbortSignal.timeout(limits.requestMs),
  });
  if (answer.ok) return;
  throw new ControlPlaneError('ComponentFailed', `etcd does not forget namespaces: ${await answer.text()}`);
}

/**
 * etcd reserves 64 MB for a log of which hardly any is written. It goes on at the end of what is written, whatever the
 * length of the file, so the rest need not be copied each time.
 */
async function trimLogs(dir: string): Promise<void> {
  const folder = join(dir, 'etcd', 'member', 'wal');
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const bytes = await readFile(path);
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end -= 1;
    // Its records are multiples of 8 bytes, and their last bytes may be zero.
    await truncate(path, Math.min(bytes.length, end + logMarginBytes));
  }
}
