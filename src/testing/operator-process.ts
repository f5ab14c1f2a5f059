import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateParentOf } from '../git/private-folder.ts';
import { freePorts } from './free-ports.ts';
import { placeBundle } from './operator-bundle.ts';
import { operatorReady } from './operator-ready.ts';
import { poll } from './poll.ts';
import { type Exit, supervise } from './supervise.ts';
import { makeTempDir } from './temp-dir.ts';

/** Git that was told nothing more ends within milliseconds. */
const GROUP_ENDS_TIMEOUT_MS = 2_000;

/** A running operator: the real bundle, in a process of its own. */
export interface OperatorProcess {
  /** Where `/metrics`, `/healthz` and `/readyz` are served. */
  readonly statusUrl: string;
  /** Port of 127.0.0.1 where it serves the webhooks. */
  readonly webhookPort: number;
  /** Resolves once it is ready; throws when it ends before. */
  ready(): Promise<void>;
  /** Everything logged so far, also by earlier processes on the same folder. */
  logs(): Promise<string>;
  /** End with SIGTERM, as Kubernetes does; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** End with SIGKILL, together with the git commands that it runs. */
  kill(): Promise<void>;
  /**
   * End with SIGKILL, and let the git commands that it runs end by themselves. Where a folder is the remote, `git push`
   * runs the host's part as well, and no host dies with its client: killed in the middle of a push, it would leave the
   * branch locked for ever.
   */
  killAlone(): Promise<void>;
  /** How it ended, or undefined while it runs. */
  exit(): Exit | undefined;
  /** Resolves when it ended, however that was; never rejects. */
  exited(): Promise<Exit>;
  /** Send a signal to the process itself, such as SIGSTOP. It has to be ready. */
  signal(name: NodeJS.Signals): Promise<void>;
}

export interface OperatorFolder {
  readonly path: string;
  /** Where the operator keeps its clones, and where it logs to. */
  readonly dataDir: string;
  readonly logFile: string;
  /** Start the operator on this folder and, unless that is not wanted, wait until it is ready. */
  start(options: {
    readonly kubeconfig: string;
    readonly args?: readonly string[];
    /** Flags of node itself, such as `--cpu-prof`. */
    readonly nodeFlags?: readonly string[];
    /** Default: true. */
    readonly awaitReady?: boolean;
  }): Promise<OperatorProcess>;
  remove(): Promise<void>;
}

/** A folder with a fresh bundle, a data directory and a log, in which operators can be started one after another. */
export async function makeOperatorFolder(): Promise<OperatorFolder> {
  const { path, remove } = await makeTempDir('operator');
  const file = join(path, 'gitops-reverser.mjs');
  const logFile = join(path, 'operator.log');
  const dataDir = join(path, 'data');
  await placeBundle(file);
  return {
    path,
    dataDir,
    logFile,
    async remove() {
      await rm(privateParentOf(dataDir), { recursive: true, force: true });
      await remove();
    },
    async start({ kubeconfig, args = [], nodeFlags = [], awaitReady = true }) {
      const [port, webhookPort] = await freePorts(2);
      const flags = [
        '--kubeconfig',
        kubeconfig,
        '--data-dir',
        dataDir,
        '--metrics-listen',
        `127.0.0.1:${port}`,
        '--listen',
        `127.0.0.1:${webhookPort}`,
        '--webhook-url',
        `https://127.0.0.1:${webhookPort}`,
      ];
      const supervised = supervise({
        command: process.execPath,
        args: [
          ...nodeFlags,
          file,
          'run',
          ...flags,
          '--allow-local-repositories',
          '--log-level',
          'debug',
          ...args,
        ],
        cwd: path,
        // Nothing of the developer's own Git or SSH set-up may help it.
        env: { PATH: process.env.PATH, HOME: path, TMPDIR: tmpdir() },
        logFile,
      });
      const logs = () => readFile(logFile, 'utf8').catch(() => '');
      const statusUrl = `http://127.0.0.1:${port}`;
      const signal = async (name: NodeJS.Signals) => {
        const line = (await logs()).split('\n').findLast((one) => one.includes(`"port":${port},`));
        const { pid } = JSON.parse(line ?? '{}') as { pid?: number };
        if (pid === undefined) throw new Error('The operator has not said its process id yet');
        process.kill(pid, name);
      };
      const kill = async () => {
        await supervised.kill();
      };
      const ready = () => operatorReady(supervised, statusUrl, logs);
      if (awaitReady) await ready();
      return {
        statusUrl,
        webhookPort: webhookPort as number,
        ready,
        logs,
        async stop() {
          supervised.child.kill('SIGTERM');
          return (await supervised.exited()).code;
        },
        kill,
        async killAlone() {
          // Before it has said anything, it pushes nothing.
          await signal('SIGKILL').catch(kill);
          await supervised.exited();
          await groupEnds(supervised.child.pid);
        },
        exit: supervised.exit,
        exited: supervised.exited,
        signal,
      };
    },
  };
}

/** Wait until no process of a group is left, or (in a container where nobody reaps those that ended) not for long. */
async function groupEnds(leader: number | undefined): Promise<void> {
  if (leader === undefined) return;
  const isGone = () => {
    try {
      process.kill(-leader, 0);
      return false;
    } catch {
      return true;
    }
  };
  await poll(isGone, { intervalMs: 5, timeoutMs: GROUP_ENDS_TIMEOUT_MS }).catch(() => {});
}
