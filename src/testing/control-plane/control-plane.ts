import { delimiter, dirname, join } from 'node:path';
import type { RightsBook } from '../rights-book.ts';
import { type CommandResult, runCommand } from '../run-command.ts';
import type { Access } from './access.ts';
import { limits } from './limits.ts';
import type { User } from './users.ts';

/** A running control plane. */
export interface ControlPlane {
  /** Of the API server, such as `https://127.0.0.1:40123`. */
  readonly url: string;
  /** Data, logs (`kube-apiserver.log` …) and kubeconfigs. */
  readonly dir: string;
  /** An environment in which the command `kubectl` is the pinned one and speaks as admin. */
  readonly env: NodeJS.ProcessEnv;
  /** The path of the user's kubeconfig; it holds the CA, so TLS is verified. */
  kubeconfig(user: User): string;
  /** The user's bearer token. */
  token(user: User): string;
  /** What the operator's account may do here, and does. */
  readonly rights: RightsBook;
  /** Run the pinned kubectl as the user. Resolves whatever the exit code. */
  kubectl(user: User, args: readonly string[], options?: { input?: string }): Promise<CommandResult>;
  /** Kill the API server; etcd keeps its data, clients lose their connections. */
  stopApiServer(): Promise<void>;
  /** Start it again at the same URL, and wait until it is ready. */
  startApiServer(): Promise<void>;
  /** Both. */
  restartApiServer(): Promise<void>;
  /** Kill etcd. Its data are in `etcdDir`, and may be copied or replaced until it is started again. */
  stopEtcd(): Promise<void>;
  /** Start it again at the same address. The API server finds it by itself. */
  startEtcd(): void;
  /** Where etcd keeps its data. */
  readonly etcdDir: string;
  /** Stop everything and remove the folder, unless it was given. Can be called twice. */
  stop(): Promise<void>;
}

interface Parts {
  readonly dir: string;
  readonly access: Access;
  readonly rights: RightsBook;
  readonly kubectl: string;
  readonly server: { start(): Promise<void>; stop(): Promise<void> };
  readonly etcd: { start(): void; stop(): Promise<void> };
  stop(): Promise<void>;
}

/** What the user of a started control plane holds. */
export function makeHandle({ dir, access, rights, kubectl, server, etcd, stop }: Parts): ControlPlane {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    KUBECONFIG: access.kubeconfig('admin'),
    // Ports come back: a discovery cache shared between control planes would tell of another's kinds.
    KUBECACHEDIR: join(dir, 'kubectl-cache'),
    // A kubectl lives a moment: collecting its garbage would be a fifth of its work.
    GOGC: 'off',
    GOMEMLIMIT: limits.kubectlMemory,
    PATH: `${dirname(kubectl)}${delimiter}${process.env.PATH ?? ''}`,
  };
  return {
    url: access.url,
    dir,
    env,
    kubeconfig: access.kubeconfig,
    token: access.token,
    rights,
    kubectl: (user, args, options = {}) =>
      untilThereAreConditions(() =>
        runCommand(kubectl, ['--kubeconfig', access.kubeconfig(user), ...args], {
          env,
          timeoutMs: limits.kubectlMs,
          ...options,
        }),
      ),
    stopApiServer: server.stop,
    startApiServer: server.start,
    restartApiServer: async () => {
      await server.stop();
      await server.start();
    },
    stopEtcd: etcd.stop,
    startEtcd: etcd.start,
    etcdDir: join(dir, 'etcd'),
    stop,
  };
}

/**
 * `kubectl wait` gives up on an object that has no conditions at all yet, such as a CRD of a moment ago on a busy
 * machine, instead of waiting for one. Then it is asked again.
 */
async function untilThereAreConditions(run: () => Promise<CommandResult>): Promise<CommandResult> {
  const deadline = performance.now() + limits.kubectlMs;
  for (;;) {
    const result = await run();
    const isEarly = result.code !== 0 && result.stderr.includes('.status.conditions accessor error');
    if (!isEarly || performance.now() > deadline) return result;
  }
}
