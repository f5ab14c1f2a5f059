import { parseArgs } from 'node:util';
import { crds } from '../gen/kinds.ts';
import { makeBareRemote } from '../src/testing/bare-remote.ts';
import { consoleLog } from '../src/testing/console-log.ts';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { ensureBinaries } from '../src/testing/control-plane/ensure-binaries.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import type { User } from '../src/testing/control-plane/users.ts';
import { installAccount } from '../src/testing/operator-account.ts';
import { makeOperatorFolder } from '../src/testing/operator-process.ts';
import { poll } from '../src/testing/poll.ts';
import { sampleManifests } from './demo/manifests.ts';
import { story } from './demo/story.ts';

const help = `npm run demo [-- --no-wait]

Brings up an embedded control plane and a local Git repository, runs the operator, plays a short incident as
several users, and shows the commits it made. On a terminal it stays up for you to try kubectl against, until
Ctrl-C; otherwise, or with --no-wait, it ends.
`;

const { values } = parseArgs({ options: { help: { type: 'boolean' }, 'no-wait': { type: 'boolean' } } });
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
const isInteractive = process.stdout.isTTY === true && process.stdin.isTTY === true && !values['no-wait'];
const say = (text: string) => process.stdout.write(`${text}\n`);
const heading = (text: string) => say(process.stdout.isTTY ? `\n\x1b[1m${text}\x1b[0m` : `\n== ${text}`);

const COMMIT_TIMEOUT_MS = 30_000;
const log = consoleLog();

async function kubectl(
  controlPlane: ControlPlane,
  user: User,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const result = await controlPlane.kubectl(user, args, input === undefined ? {} : { input });
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} as ${user}: ${result.stderr}`);
  return result.stdout;
}

/** Nothing else keeps this process alive while it waits: the servers that it runs do not. */
function untilInterrupted(): Promise<void> {
  const keepAlive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        clearInterval(keepAlive);
        resolve();
      });
    }
  });
}

async function main(): Promise<void> {
  heading('Setting up');
  await ensureBinaries({ log });
  say('Starting etcd, kube-apiserver and kube-controller-manager (about 10 seconds) …');
  const controlPlane = await startControlPlane({ log });
  const remote = await makeBareRemote();
  const folder = await makeOperatorFolder();
  try {
    const admin = (args: readonly string[], input?: string) => kubectl(controlPlane, 'admin', args, input);
    await admin(['apply', '-f', '-'], crds.map((crd) => JSON.stringify(crd)).join('\n---\n'));
    await admin(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    say('Starting the operator …');
    const operator = await folder.start({ kubeconfig: await installAccount(controlPlane) });
    const manifests = sampleManifests(remote.url);
    heading('What to capture, and where to');
    say(manifests.trimEnd());
    await admin(['create', 'namespace', 'shop']);
    await admin(['apply', '-f', '-'], manifests);
    await admin(['wait', 'watchrule', '--all', '--for=condition=Ready', '--timeout=60s']);

    heading('The incident');
    for (const { user, says, kubectl: args, input, commit } of story) {
      const before = (await remote.log('main')).length;
      const startedAt = performance.now();
      await kubectl(controlPlane, user, args, input);
      const writtenAt = performance.now();
      const isThere = async () => {
        const commits = await remote.log('main');
        return commits.slice(0, commits.length - before).some(({ subject }) => subject.startsWith(commit));
      };
      await poll(isThere, { timeoutMs: COMMIT_TIMEOUT_MS, intervalMs: 20, what: `the commit ${commit}` });
      const ms = (from: number) => `${Math.round(performance.now() - from)} ms`;
      say(
        `  ${says}\n    $ kubectl ${args.join(' ')}    (${Math.round(writtenAt - startedAt)} ms; on the remote ${ms(writtenAt)} later)`,
      );
    }

    heading('git log');
    say(await remote.git('log', '--format=%h %ad %an  %s', '--date=format:%H:%M:%S', 'main'));
    heading('One commit in full: the hotfix');
    const hotfix = (await remote.log('main')).find(({ subject }) =>
      subject.startsWith('[UPDATE] Deployment/checkout'),
    );
    say(await remote.git('show', hotfix?.sha ?? 'main'));
    heading('The tree');
    say(await remote.git('ls-tree', '-r', '--name-only', 'main'));
    heading('The Secret, as Git sees it');
    say(await remote.git('show', 'main:namespaces/shop/Secret/payment-gateway.yaml'));
    heading('How the operator sees itself');
    say(await admin(['get', 'gitrepoconfigs,watchrules', '-A']));

    if (isInteractive) {
      heading('Try it');
      say(`  export KUBECONFIG=${controlPlane.kubeconfig('admin')}`);
      say(`  kubectl create configmap hello -n shop --from-literal=greeting=hi`);
      say(`  git -C ${remote.path} log -p main`);
      say('\nCtrl-C ends it and removes everything.');
      await untilInterrupted();
      heading('Cleaning up');
    }
    await operator.stop();
  } finally {
    await controlPlane.stop();
    await folder.remove();
    await remote.remove();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
