import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { runCommand } from '../run-command.ts';
import { cacheFolder } from './cache-folder.ts';
import { withCacheLock } from './cache-lock.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { envtestDownload, envtestIndexUrl } from './envtest-download.ts';
import { goBuild } from './go-build.ts';
import { thisPlatform } from './platform.ts';
import { type Binaries, type BinaryName, binaryNames, kubernetesVersion, type Platform } from './versions.ts';

export interface EnsureBinariesOptions {
  readonly log: Log;
  /** Default: this process' environment. Read: KUBEBUILDER_ASSETS, GITOPS_REVERSER_CACHE, XDG_CACHE_HOME, PATH. */
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: Platform;
  /** Where the index of release archives is. */
  readonly indexUrl?: string;
}

type Found = Partial<Record<BinaryName, string>>;

/**
 * The programs of one pinned Kubernetes version, from the first place that has each: `KUBEBUILDER_ASSETS`, the
 * project's cache, the envtest release archive, a build from Go modules. What is fetched or built stays in the
 * cache. Quick and silent when nothing has to be done.
 *
 * Throws ControlPlaneError; its message says what to install.
 */
export async function ensureBinaries(options: EnsureBinariesOptions): Promise<Binaries> {
  const { log, env = process.env, platform = thisPlatform(), indexUrl = envtestIndexUrl } = options;
  const into = cacheFolder(platform, env);
  const given = await fromAssets(env.KUBEBUILDER_ASSETS, log);
  const ready = complete(given, await fromFolder(into));
  if (ready !== undefined) return ready;

  await mkdir(into, { recursive: true });
  return withCacheLock(join(into, '.lock'), log, async () => {
    // Whoever held the lock before may have done it.
    let found = { ...(await fromFolder(into)), ...given };
    const downloaded = await envtestDownload({ names: missing(found), into, platform, log, indexUrl });
    found = { ...found, ...at(into, downloaded) };
    const left = missing(found);
    if (left.length > 0) await goBuild({ names: left, into, log, env });
    return { ...found, ...at(into, left) } as Binaries;
  });
}

/** What the folder named by KUBEBUILDER_ASSETS holds. A folder without the two servers is a mistake, not a miss. */
async function fromAssets(folder: string | undefined, log: Log): Promise<Found> {
  if (!folder) return {};
  const found = await fromFolder(folder);
  for (const name of ['etcd', 'kube-apiserver'] as const) {
    if (found[name] === undefined) {
      throw new ControlPlaneError(
        'AssetsIncomplete',
        `KUBEBUILDER_ASSETS=${folder} holds no executable ${name}`,
      );
    }
  }
  const version = (await runCommand(found['kube-apiserver'] as string, ['--version'])).stdout.trim();
  if (!version.endsWith(`v${kubernetesVersion}`)) {
    log.warn(`KUBEBUILDER_ASSETS holds ${version}; this project is tested with v${kubernetesVersion}`);
  }
  return found;
}

async function fromFolder(folder: string): Promise<Found> {
  const found: Found = {};
  for (const name of binaryNames) {
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) found[name] = path;
  }
  return found;
}

function complete(...places: readonly Found[]): Binaries | undefined {
  const found: Found = Object.assign({}, ...[...places].reverse());
  return missing(found).length === 0 ? (found as Binaries) : undefined;
}

const missing = (found: Found): BinaryName[] => binaryNames.filter((name) => found[name] === undefined);

const at = (folder: string, names: readonly BinaryName[]): Found =>
  Object.fromEntries(names.map((name) => [name, join(folder, name)]));
