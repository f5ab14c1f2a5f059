import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.ts';
import { consoleLog } from '../src/testing/console-log.ts';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import { users } from '../src/testing/control-plane/users.ts';
import { kubernetesVersion } from '../src/testing/control-plane/versions.ts';

const help = `Usage: npm run controlplane -- [options]

Starts a real Kubernetes ${kubernetesVersion} control plane (etcd, kube-apiserver, kube-controller-manager) on loopback and
keeps it up until Ctrl-C. The first start may have to build it, which takes some minutes.

  --dir DIR                  keep data, logs and kubeconfigs in DIR; without it all is gone afterwards
  --no-controller-manager    start without kube-controller-manager
  --help                     this text
`;

await main();

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined || options.help) {
    process.stdout.write(help);
    process.exitCode = options === undefined ? 2 : 0;
    return;
  }
  const log = consoleLog();
  const started = performance.now();
  const plane = await startControlPlane({
    log,
    controllerManager: !options['no-controller-manager'],
    ...(options.dir === undefined ? {} : { dir: options.dir }),
  }).catch((error: unknown) => {
    log.error(messageOf(error));
    process.exitCode = 1;
    return undefined;
  });
  if (plane === undefined) return;
  process.stdout.write(welcome(plane, performance.now() - started));
  await untilInterrupted();
  log.info('Stopping the control plane');
  await plane.stop();
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        dir: { type: 'string' },
        'no-controller-manager': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n`);
    return undefined;
  }
}

function welcome(plane: ControlPlane, startMs: number): string {
  const width = Math.max(...users.map((user) => user.length));
  const kubeconfigs = users.map((user) => `  ${user.padEnd(width)}  ${plane.kubeconfig(user)}`);
  const alice = plane.kubeconfig('alice@example.com');
  return `Kubernetes ${kubernetesVersion} is up at ${plane.url} (${(startMs / 1000).toFixed(1)} s). Kubeconfigs:

${kubeconfigs.join('\n')}

alice@example.com edits in every namespace and makes namespaces; bob@example.com edits in the namespace staging and
views elsewhere; admin may everything. Try in another terminal:

  export PATH=${plane.env.PATH?.split(':')[0]}:$PATH
  kubectl --kubeconfig ${alice} create namespace production
  kubectl --kubeconfig ${alice} -n production create configmap app-config --from-literal=color=blue
  kubectl --kubeconfig ${plane.kubeconfig('bob@example.com')} -n production get configmaps

Logs are in ${plane.dir}. Ctrl-C stops everything.
`;
}

/** Resolves at the first Ctrl-C or termination signal. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise alone does not keep the process alive.
    const alive = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    // Not `once`: one Ctrl-C arrives twice, from the terminal and from npm, and the second must not cut stop() off.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  });
}
