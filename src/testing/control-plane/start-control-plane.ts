import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Log, silentLog } from '../../log.ts';
import { freePorts } from '../free-ports.ts';
import { openRightsBook } from '../rights-book.ts';
import { makeTempDir } from '../temp-dir.ts';
import { type Access, makeAccess } from './access.ts';
import { copyBootstrapped } from './bootstrapped.ts';
import { awaitReady, type Component, startComponent } from './component.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './component-flags.ts';
import { type ControlPlane, makeHandle } from './control-plane.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { makeCredentials } from './credentials.ts';
import { ensureBinaries } from './ensure-binaries.ts';
import { limits } from './limits.ts';
import { seeds } from './users.ts';
import type { Binaries } from './versions.ts';

export interface StartOptions {
  /** Default: silent. */
  readonly log?: Log;
  /** Where data, logs and kubeconfigs live; kept after stop(). Default: a temporary folder that goes with it. */
  readonly dir?: string;
  /**
   * Default: true. Without it nothing is garbage collected, no namespace finishes its deletion, and the roles
   * `edit` and `view` are empty, so that alice and bob may do nothing.
   */
  readonly controllerManager?: boolean;
  /** More flags for kube-apiserver, such as `--etcd-compaction-interval=2s` or `--watch-cache=false`. */
  readonly apiServerFlags?: readonly string[];
  /** Default: ensureBinaries(). */
  readonly binaries?: Binaries;
}

/**
 * Start a real control plane on loopback: etcd, kube-apiserver, kube-controller-manager, three users.
 *
 * It ends with stop() and with this process, however this process ends. Several can run at once.
 * Throws ControlPlaneError, with the end of the log of the component that failed.
 */
export async function startControlPlane(options: StartOptions = {}): Promise<ControlPlane> {
  const log = options.log ?? silentLog;
  const binaries = options.binaries ?? (await ensureBinaries({ log }));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binaries, options);
    } catch (error) {
      const portTaken = error instanceof ControlPlaneError && /address already in use/.test(error.message);
      if (!portTaken || attempt === limits.startAttemptsMax) throw error;
      log.info('Another process took a port first; trying other ports');
    }
  }
}

async function startOnce(binaries: Binaries, options: StartOptions): Promise<ControlPlane> {
  const temporary = options.dir === undefined ? (await makeTempDir('control-plane')).path : undefined;
  const dir = temporary ?? resolve(options.dir as string);
  await mkdir(dir, { recursive: true });
  const running: Component[] = [];
  const rights = await openRightsBook(dir);
  const stop = async () => {
    await rights.close();
    await Promise.all(running.map((component) => component.process.kill({ remove: true })));
    if (temporary) await rm(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const bootstrap = (into: string, use: (etcdUrl: string) => Promise<void>) =>
      bootstrapIn(into, binaries, use);
    await copyBootstrapped(dir, { binaries, log: options.log ?? silentLog, bootstrap });
    const flags = [...rights.apiServerFlags, ...(options.apiServerFlags ?? [])];
    const servers = await startServers(dir, binaries, flags, running, temporary);
    const { access, credentials, server, etcd } = servers;

    const controllers = async () => {
      if (options.controllerManager === false) return;
      const flags = controllerManagerFlags(credentials, access.controllerManagerKubeconfig);
      running.push(
        startComponent('kube-controller-manager', binaries['kube-controller-manager'], flags, dir),
      );
      await awaitReady(running, () => controllersWork(access), 'kube-controller-manager');
    };
    await Promise.all([controllers(), seed(access)]);
    return makeHandle({ dir, access, rights, kubectl: binaries.kubectl, stop, server, etcd });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Start etcd and the API server; they are added to `running`. */
async function startServers(
  dir: string,
  binaries: Binaries,
  moreFlags: readonly string[],
  running: Component[],
  temporary?: string,
) {
  const [etcdClient = 0, etcdPeer = 0, apiServer = 0] = await freePorts(3);
  const ports = { etcdClient, etcdPeer, apiServer };
  const credentials = makeCredentials(dir);
  const access = makeAccess(dir, `https://127.0.0.1:${apiServer}`, credentials);

  // The API server waits for etcd by itself.
  const etcd = {
    url: `http://127.0.0.1:${etcdClient}`,
    start: () => {
      running.push(startComponent('etcd', binaries.etcd, etcdFlags(dir, ports), dir, temporary));
    },
    stop: () => stopComponent('etcd', running),
  };
  etcd.start();
  const flags = [...apiServerFlags(credentials, ports), ...moreFlags];
  const server = apiServerOf(binaries, flags, access, running, dir);
  await server.start();
  await awaitReady(running, () => namespacesAreThere(access), 'kube-apiserver');
  await access.writeKubeconfigs(await readFile(credentials.certificateFile));
  return { access, credentials, server, etcd };
}

/** Start etcd and the API server once in an empty folder; `use` may change etcd's data before all is ended. */
async function bootstrapIn(
  dir: string,
  binaries: Binaries,
  use: (etcdUrl: string) => Promise<void>,
): Promise<void> {
  const running: Component[] = [];
  try {
    const { server, etcd } = await startServers(dir, binaries, [], running, dir);
    await server.stop();
    await use(etcd.url);
  } finally {
    await Promise.all(running.map((component) => component.process.kill()));
  }
}

/** The API server makes its namespaces after it said that it is ready. */
async function namespacesAreThere(access: Access): Promise<boolean> {
  const names = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
  const answers = await Promise.all(names.map((name) => access.asAdmin(`/api/v1/namespaces/${name}`)));
  return answers.every(({ status }) => status === 200);
}

/** It serves no readiness itself, so its work is looked at: a service account, and the rules of aggregated roles. */
async function controllersWork(access: Access): Promise<boolean> {
  const account = await access.asAdmin('/api/v1/namespaces/default/serviceaccounts/default');
  if (account.status !== 200) return false;
  for (const role of ['view', 'edit']) {
    const { status, text } = await access.asAdmin(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`);
    if (status !== 200 || !(JSON.parse(text) as { rules?: unknown[] }).rules?.length) return false;
  }
  return true;
}

/** Start and stop of the API server alone, on the same port and with the same data. */
function apiServerOf(
  binaries: Binaries,
  flags: readonly string[],
  access: Access,
  running: Component[],
  dir: string,
) {
  const stop = () => stopComponent('kube-apiserver', running);
  const start = async () => {
    running.push(startComponent('kube-apiserver', binaries['kube-apiserver'], flags, dir));
    const ready = async () => (await access.asAdmin('/readyz')).status === 200;
    await awaitReady(running, ready, 'kube-apiserver');
  };
  return { start, stop };
}

/** Kill the component, if it runs, and wait until it is gone. */
async function stopComponent(name: Component['name'], running: Component[]): Promise<void> {
  const at = running.findIndex((component) => component.name === name);
  if (at >= 0) await running.splice(at, 1)[0]?.process.kill();
}

/** Create the namespace and the rights of the users; what a former run left in the same folder stays. */
async function seed(access: Access): Promise<void> {
  // One after the other: a RoleBinding needs its namespace, and they are few.
  for (const { collection, object } of seeds) {
    const answer = await access.asAdmin(collection, object);
    if (answer.status !== 201 && answer.status !== 409) {
      throw new ControlPlaneError('ComponentFailed', `Cannot create ${collection}: ${answer.text}`);
    }
  }
}
