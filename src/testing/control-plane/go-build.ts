import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '../../log.ts';
import { runCommand } from '../run-command.ts';
import { supervise } from '../supervise.ts';
import { withTempDir } from '../temp-dir.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { controlPlaneGoMod, goPackages, linkerFlags } from './go-module.ts';
import { limits } from './limits.ts';
import { type BinaryName, goVersion, kubernetesVersion } from './versions.ts';

export interface GoBuildOptions {
  readonly names: readonly BinaryName[];
  /** The finished programs are renamed into this folder, each at once. */
  readonly into: string;
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Build programs of the pinned version from public Go modules.
 *
 * Throws `ToolchainMissing` when there is no Go, `BuildFailed` with the end of Go's output otherwise. A build that
 * dies with this process leaves nothing in `into`.
 */
export async function goBuild({ names, into, log, env }: GoBuildOptions): Promise<void> {
  const go = await goRelease(env);
  log.info(
    `Building ${names.join(', ')} (Kubernetes v${kubernetesVersion}) from Go modules with ${go} on ` +
      `${availableParallelism()} cores. The first time this takes 4 to 15 minutes and about 4 GB of disk ` +
      "for Go's caches; afterwards it is done",
  );
  const started = performance.now();
  await mkdir(into, { recursive: true });
  await withTempDir(async (folder) => {
    const goEnv = {
      ...env,
      // Static programs: no C compiler needed.
      CGO_ENABLED: '0',
      GOWORK: 'off',
      GOFLAGS: '',
    };
    await writeFile(join(folder, 'go.mod'), 'module gitops-reverser.invalid/control-plane\n');
    const kubernetes = `k8s.io/kubernetes@v${kubernetesVersion}`;
    const downloaded = await runGo(folder, goEnv, ['mod', 'download', '-json', kubernetes]);
    const { GoMod } = JSON.parse(downloaded) as { GoMod: string };
    await writeFile(join(folder, 'go.mod'), controlPlaneGoMod(await readFile(GoMod, 'utf8')));
    const out = join(into, `.build-${process.pid}`);
    await mkdir(out, { recursive: true });
    const packages = names.map((name) => goPackages[name].package);
    const flags = ['-mod=mod', '-v', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags()];
    try {
      await followBuild(folder, goEnv, ['build', ...flags, '-o', `${out}/`, ...packages], out, log);
      for (const name of names) await rename(join(out, goPackages[name].output), join(into, name));
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 'build');
  log.info(`Built ${names.join(', ')} in ${elapsed(started)}`);
}

/** The installed Go, or a clear error. */
async function goRelease(env: NodeJS.ProcessEnv): Promise<string> {
  const found = await runCommand('go', ['env', 'GOVERSION'], { env }).catch(() => undefined);
  if (found?.code === 0) return found.stdout.trim();
  throw new ControlPlaneError(
    'ToolchainMissing',
    `Cannot build the control plane: Go is not installed. Install Go ${goVersion} or newer (https://go.dev/dl), ` +
      'or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver, kube-controller-manager and kubectl',
  );
}

async function runGo(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  const ran = await runCommand('go', args, { cwd, env, timeoutMs: limits.buildMs });
  if (ran.code === 0) return ran.stdout;
  throw buildFailed(args, (ran.stderr || ran.stdout).split('\n'));
}

/** Run `go build -v`, which names every package it downloads or compiles, and tell how far it is. */
async function followBuild(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  out: string,
  log: Log,
): Promise<void> {
  const build = supervise({ command: 'go', args, cwd, env, removeWhenOrphaned: out });
  const started = performance.now();
  const tail: string[] = [];
  let compiled = 0;
  let downloaded = 0;
  const note = (line: string) => {
    if (line.startsWith('go: downloading ')) downloaded += 1;
    else if (/^[\w.-]+(\/[\w.-]+)*$/.test(line)) compiled += 1;
    tail.push(line);
    if (tail.length > limits.logTailLines) tail.shift();
  };
  for (const stream of [build.child.stdout, build.child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', note);
  }
  const progress = setInterval(() => {
    log.info(
      `  ${elapsed(started)}: ${downloaded} modules downloaded, ${compiled} of about 2900 packages compiled`,
    );
  }, limits.progressEveryMs);
  const timeout = setTimeout(() => void build.kill(), limits.buildMs);
  const exit = await build.exited();
  clearInterval(progress);
  clearTimeout(timeout);
  if (exit.code !== 0) throw buildFailed(args.slice(0, 1), tail);
}

function buildFailed(args: readonly string[], output: readonly string[]): ControlPlaneError {
  const lines = output.filter((line) => line !== '').slice(-limits.logTailLines);
  return new ControlPlaneError('BuildFailed', `go ${args.join(' ')} failed:\n${lines.join('\n')}`);
}

function elapsed(since: number): string {
  const seconds = Math.round((performance.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
