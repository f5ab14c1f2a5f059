import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Container, makeContainer, whyNoContainer } from './container.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { freePorts } from './free-ports.ts';
import { operatorReady } from './operator-ready.ts';
import { supervise } from './supervise.ts';

/** The parts of the synthesized Deployment that say how the operator runs. */
export interface DeploymentManifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly containers: readonly { readonly args: readonly string[] }[];
      };
    };
  };
}

/** Where an installed operator runs: what a Pod is, for want of a node. */
export interface InstalledHome {
  /** Why the operator runs without the constraints of its container; undefined when it has them. */
  readonly unconstrained: string | undefined;
  /** Start the operator as its Deployment says, with a token of its account, and wait until it is ready. */
  start(
    plane: ControlPlane,
    deployment: DeploymentManifest,
    options?: {
      /** Where the API server reaches the webhooks of all replicas. Default: where this one serves them. */
      readonly webhookUrl?: string;
    },
  ): Promise<InstalledOperator>;
}

/** A running operator. */
export interface InstalledOperator {
  /** Where `/metrics`, `/healthz` and `/readyz` are served. */
  readonly statusUrl: string;
  /** Port of 127.0.0.1 where it serves the webhooks. */
  readonly webhookPort: number;
  /** End it with SIGTERM, as Kubernetes does; resolves with the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
  logs(): Promise<string>;
  /** Everything below which it writes. */
  readonly home: string;
  /** What `/metrics` said when it was told to stop; empty before. */
  lastMetrics(): string;
}

/** A home in `dir` for operators of this bundle, one after another: what a Pod is for its containers. */
export async function makeInstalledHome(dir: string, bundle: string): Promise<InstalledHome> {
  const unconstrained = await whyNoContainer();
  const home = await mkdtemp(join(dir, 'pod-'));
  const container = unconstrained === undefined ? await makeContainer(home) : await makePlain(home);
  await copyFile(bundle, join(container.app, 'gitops-reverser.mjs'));
  const logFile = join(home, 'operator.log');
  const logs = () => readFile(logFile, 'utf8').catch(() => '');
  return {
    unconstrained,
    async start(plane, deployment, { webhookUrl } = {}) {
      await writeFile(join(container.app, 'kubeconfig'), await kubeconfigOf(plane, deployment));
      const [metricsPort, webhookPort] = (await freePorts(2)) as [number, number];
      const [{ args }] = deployment.spec.template.spec.containers as [{ args: readonly string[] }];
      const replaced = outOfCluster(metricsPort, webhookPort, container.dataInside, webhookUrl);
      const own = args.map((arg) => replaced[arg.split('=')[0] as string] ?? arg);
      const supervised = supervise({
        ...container.command([
          `${container.appInside}/gitops-reverser.mjs`,
          ...own,
          `--kubeconfig=${container.appInside}/kubeconfig`,
        ]),
        env: { PATH: process.env.PATH, HOME: home },
        logFile,
      });
      const statusUrl = `http://127.0.0.1:${metricsPort}`;
      try {
        await operatorReady(supervised, statusUrl, logs);
      } catch (error) {
        await supervised.kill();
        throw error;
      }
      let metrics = '';
      return {
        statusUrl,
        webhookPort,
        logs,
        home,
        lastMetrics: () => metrics,
        async stop() {
          metrics = await (await fetch(`${statusUrl}/metrics`)).text();
          supervised.child.kill('SIGTERM');
          return (await supervised.exited()).code;
        },
        async kill() {
          await supervised.kill();
        },
      };
    },
  };
}

/** Without a container, the same folders under their own paths. */
async function makePlain(dir: string): Promise<Container> {
  const [app, data] = [join(dir, 'app'), join(dir, 'data')];
  for (const folder of [app, data]) await mkdir(folder);
  const command = (args: readonly string[]) => ({ command: process.execPath, args });
  return { app, data, appInside: app, dataInside: data, command };
}

/** Flags that differ: no Service leads out of the cluster, and all ports of this machine are shared. */
function outOfCluster(
  metricsPort: number,
  webhookPort: number,
  dataDir: string,
  webhookUrl = `https://127.0.0.1:${webhookPort}`,
): Readonly<Record<string, string>> {
  return {
    '--metrics-listen': `--metrics-listen=127.0.0.1:${metricsPort}`,
    '--listen': `--listen=127.0.0.1:${webhookPort}`,
    '--webhook-service': `--webhook-url=${webhookUrl}`,
    '--replica-address': `--replica-address=127.0.0.1:${webhookPort}`,
    '--data-dir': `--data-dir=${dataDir}`,
  };
}

/** A kubeconfig with a token of the account that the Pod would have. */
async function kubeconfigOf(plane: ControlPlane, { metadata, spec }: DeploymentManifest): Promise<string> {
  const account = spec.template.spec.serviceAccountName;
  const { code, stdout, stderr } = await plane.kubectl('admin', [
    'create',
    'token',
    '-n',
    metadata.namespace,
    account,
  ]);
  if (code !== 0) throw new Error(`No token of ${account}: ${stderr}`);
  const kubeconfig = await readFile(plane.kubeconfig('admin'), 'utf8');
  return kubeconfig.replaceAll(plane.token('admin'), stdout.trim());
}
