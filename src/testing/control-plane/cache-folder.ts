import { homedir } from 'node:os';
import { join } from 'node:path';
import { kubernetesVersion, type Platform } from './versions.ts';

/**
 * Where the programs of the pinned version are kept between runs.
 *
 * `GITOPS_REVERSER_CACHE` names the project's cache; default `${XDG_CACHE_HOME:-~/.cache}/gitops-reverser`.
 */
export function cacheFolder(platform: Platform, env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env.GITOPS_REVERSER_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gitops-reverser');
  return join(base, `k8s-${kubernetesVersion}`, `${platform.os}-${platform.arch}`);
}
