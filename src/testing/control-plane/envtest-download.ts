import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { mustRun } from '../run-command.ts';
import { withTempDir } from '../temp-dir.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { type EnvtestArchive, findEnvtestArchive } from './envtest-index.ts';
import { limits } from './limits.ts';
import { type BinaryName, kubernetesVersion, type Platform } from './versions.ts';

/** The index of release archives, with their checksums. */
export const envtestIndexUrl =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/main/envtest-releases.yaml';

/** What an archive holds; kube-controller-manager is not in it. */
const archived: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kubectl'];

export interface EnvtestDownloadOptions {
  readonly names: readonly BinaryName[];
  readonly into: string;
  readonly platform: Platform;
  readonly log: Log;
  readonly indexUrl: string;
}

/**
 * Fetch what the envtest release archive holds of `names`, verify its checksum, and rename it into place.
 *
 * Returns the names it brought: none, after one line that says why, where the network does not allow it or no
 * archive fits. Throws `ChecksumMismatch` for an archive that is not the one of the index: that is no network
 * problem, and nothing of it is used.
 */
export async function envtestDownload(options: EnvtestDownloadOptions): Promise<readonly BinaryName[]> {
  const { into, platform, log } = options;
  const names = options.names.filter((name) => archived.includes(name));
  if (names.length === 0) return [];
  try {
    const index = Buffer.concat(await collect(options.indexUrl)).toString();
    const archive = findEnvtestArchive(index, kubernetesVersion, platform);
    if (archive === undefined) {
      log.info(`No release archive for Kubernetes ${kubernetesVersion} on ${platform.os}-${platform.arch}`);
      return [];
    }
    log.info(
      `Downloading the envtest archive of Kubernetes v${archive.version} (about 100 MB): ${archive.url}`,
    );
    await withTempDir((folder) => unpack(archive, folder, names, into, log), 'download');
    return names;
  } catch (error) {
    if (error instanceof ControlPlaneError && error.code === 'ChecksumMismatch') throw error;
    log.info(`No download of the release archive here (${causeOf(error)}); going on without it`);
    return [];
  }
}

async function unpack(
  archive: EnvtestArchive,
  folder: string,
  names: readonly BinaryName[],
  into: string,
  log: Log,
): Promise<void> {
  const file = join(folder, 'archive.tar.gz');
  const sha512 = await save(archive.url, file, log);
  if (sha512 !== archive.sha512) {
    throw new ControlPlaneError(
      'ChecksumMismatch',
      `The archive ${archive.url} has SHA-512 ${sha512}, its index says ${archive.sha512}; it was not used`,
    );
  }
  // The index names the bytes, so the layout below is known: controller-tools/envtest/NAME.
  await mustRun('tar', ['-xzf', file, '-C', folder, '--strip-components=2']);
  const staged = join(into, `.download-${process.pid}`);
  await mkdir(staged, { recursive: true });
  for (const name of names) {
    // Copied first, since the temporary folder may be another file system, where a rename is not possible.
    await mustRun('cp', [join(folder, name), join(staged, name)]);
    await rename(join(staged, name), join(into, name));
  }
  await mustRun('rm', ['-rf', staged]);
}

/** Download to a file and return the SHA-512 of what came, in hex. */
async function save(url: string, file: string, log: Log): Promise<string> {
  const hash = createHash('sha512');
  const out = createWriteStream(file);
  let bytes = 0;
  const progress = setInterval(() => {
    log.info(`  ${Math.round(bytes / 1e6)} MB downloaded`);
  }, limits.progressEveryMs);
  try {
    for await (const chunk of download(url)) {
      bytes += chunk.length;
      hash.update(chunk);
      if (!out.write(chunk)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
    return hash.digest('hex');
  } finally {
    clearInterval(progress);
    out.destroy();
  }
}

async function collect(url: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of download(url)) chunks.push(chunk);
  return chunks;
}

/** The bytes behind a URL; a connection that does not come, or stalls, is an error. */
async function* download(url: string): AsyncGenerator<Buffer> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error('no answer')), limits.downloadConnectMs);
  try {
    const response = await fetch(url, { signal: abort.signal, redirect: 'follow' });
    if (!response.ok || response.body === null) {
      throw new ControlPlaneError('DownloadFailed', `${url} answered ${response.status}`);
    }
    let bytes = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new Error('stalled')), limits.downloadStallMs);
      bytes += chunk.length;
      if (bytes > limits.downloadBytesMax)
        throw new ControlPlaneError('DownloadFailed', `${url} is too large`);
      yield Buffer.from(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says only "fetch failed"; its cause says why. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return messageOf(cause);
}
