import { tmpdir } from 'node:os';
import { Command } from 'commander';
import { crds } from '../gen/kinds.ts';
import packageJson from '../package.json' with { type: 'json' };
import { CodedError, messageOf } from './errors.ts';
import { createGit } from './git/git.ts';
import { startOperator } from './operator.ts';
import { createJsonLog } from './report/json-log.ts';
import { addRunOptions, type RunOptions, replicaOptions, webhookOptions } from './run-options.ts';
import { boundGarbage } from './v8-memory.ts';

async function run(options: RunOptions): Promise<void> {
  boundGarbage();
  const log = createJsonLog(options.logLevel);
  const webhooks = webhookOptions(options);
  const replicas = replicaOptions(options);
  // Without git nothing works: better to say so now than in the condition of each GitRepoConfig.
  await createGit(tmpdir()).ok(['version']);
  const operator = await startOperator({
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    dataDir: options.dataDir,
    namespace: options.namespace,
    metricsListen: options.metricsListen,
    ...(options.otlpEndpoint === undefined ? {} : { otlpEndpoint: options.otlpEndpoint }),
    ...(webhooks === undefined ? {} : { webhooks }),
    ...(replicas === undefined ? {} : { replicas }),
    allowLocalRepositories: options.allowLocalRepositories,
    log,
  });
  log.info('Listening', { port: operator.statusPort, pid: process.pid });
  void operator.deposed.then((reason) => {
    // At once, and also while it stops: whatever is under way here is the business of another by now.
    log.error('Ending: not the leader any more', { reason: reason.message });
    process.exit(1);
  });
  const signalled = new Promise<string>((resolve) => {
    // `on`, not `once`: under npm a Ctrl-C arrives twice, and the second would end the process.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, resolve);
  });
  const failure = await Promise.race([signalled, operator.failed]);
  if (typeof failure === 'string') log.info('Stopping', { signal: failure });
  else log.error('Cannot start', { reason: messageOf(failure) });
  await operator.stop();
  log.info('Stopped');
  if (typeof failure !== 'string') process.exitCode = 1;
}

const program = new Command('gitops-reverser')
  .description('Turns changes made in a Kubernetes cluster into clean, attributed Git commits.')
  .showHelpAfterError('(--help tells what there is)')
  .version(packageJson.version, '-V, --version');

addRunOptions(program.command('run'), process.env)
  .description('Run the operator until SIGTERM.')
  .action((options: RunOptions) => run(options));

program
  .command('crds')
  .description('Print the CustomResourceDefinitions, to be piped into kubectl apply -f -')
  .action(() => {
    process.stdout.write(`${crds.map((crd) => JSON.stringify(crd, null, 2)).join('\n---\n')}\n`);
  });

program
  .command('version')
  .description('Print the version.')
  .action(() => {
    process.stdout.write(`${packageJson.version}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  // Expected failures are one line; anything else is a bug and keeps its stack.
  process.stderr.write(
    `gitops-reverser: ${error instanceof CodedError ? error.message : (error as Error).stack}\n`,
  );
  // Not only the code: what listens already would keep a process alive that does nothing.
  process.exit(1);
}
