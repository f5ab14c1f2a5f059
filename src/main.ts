import { Command, InvalidArgumentError, Option } from 'commander';
import { crds } from '../gen/kinds.ts';
import packageJson from '../package.json' with { type: 'json' };
import { hostNamesOfUrl } from './certificates/host-names.ts';
import { checkTiming, ELECTION_TIMING } from './elect/election-timing.ts';
import { CodedError, messageOf } from './errors.ts';
import { startOperator } from './operator.ts';
import { NAMESPACE_DEFAULT } from './own-names.ts';
import { durationMs } from './reconcile/duration.ts';
import type { ReplicaOptions } from './replicas/replicas.ts';
import { createJsonLog, LOG_LEVELS, type LogLevel } from './report/json-log.ts';
import { type ListenAddress, parseListenAddress } from './server/listen-address.ts';
import { boundGarbage } from './v8-memory.ts';
import type { WebhookOptions } from './webhooks.ts';

interface RunOptions {
  readonly kubeconfig?: string;
  readonly dataDir: string;
  readonly namespace: string;
  readonly listen: ListenAddress;
  readonly webhookUrl?: string;
  readonly webhookService?: { readonly namespace: string; readonly name: string };
  readonly webhookCertificateSecret?: string;
  readonly metricsListen: ListenAddress;
  readonly otlpEndpoint?: string;
  readonly allowLocalRepositories?: boolean;
  readonly leaderElect?: boolean;
  readonly leaderElectLeaseDuration: number;
  readonly leaderElectRenewDeadline: number;
  readonly leaderElectRetryPeriod: number;
  readonly replicaAddress?: ListenAddress;
  readonly logLevel: LogLevel;
}

const ENV = 'GITOPS_REVERSER_';

/** An option that is also read from the environment: `--data-dir` from `GITOPS_REVERSER_DATA_DIR`. */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(ENV + (made.long ?? '').slice(2).replaceAll('-', '_').toUpperCase());
}

/** An argument that is parsed, with what is wrong told by commander. */
function parsed<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

function parseService(text: string): { namespace: string; name: string } {
  const [namespace, name, more] = text.split('/');
  if (!namespace || !name || more !== undefined) throw new InvalidArgumentError('write NAMESPACE/NAME');
  return { namespace, name };
}

function parseWebhookUrl(text: string): string {
  hostNamesOfUrl(text);
  return text;
}

/** Such as `15s` or `1m30s`, in milliseconds. */
function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text))
    throw new InvalidArgumentError('write a duration such as 15s');
  return durationMs(text);
}

function durationOption(flags: string, description: string, defaultMs: number): Option {
  return option(flags, description)
    .default(defaultMs, `${defaultMs / 1000}s`)
    .argParser(parseDuration);
}

function replicaOptions(options: RunOptions): ReplicaOptions | undefined {
  if (!options.leaderElect) return undefined;
  const timing = {
    leaseDurationMs: options.leaderElectLeaseDuration,
    renewDeadlineMs: options.leaderElectRenewDeadline,
    retryPeriodMs: options.leaderElectRetryPeriod,
  };
  checkTiming(timing);
  const { replicaAddress } = options;
  return { timing, ...(replicaAddress === undefined ? {} : { address: replicaAddress }) };
}

/** The port of the webhook Service; the manifests map it to `--listen`. */
const WEBHOOK_SERVICE_PORT = 443;

function webhookOptions(options: RunOptions): WebhookOptions | undefined {
  const { webhookUrl, webhookService, listen, webhookCertificateSecret } = options;
  if (webhookUrl !== undefined && webhookService !== undefined) {
    throw new CodedError(
      'InvalidSpec',
      '--webhook-url and --webhook-service exclude each other: give one of them',
    );
  }
  const certificate =
    webhookCertificateSecret === undefined ? {} : { certificateSecret: webhookCertificateSecret };
  if (webhookUrl !== undefined) return { listen, endpoint: { url: webhookUrl }, ...certificate };
  if (webhookService === undefined) return undefined;
  return { listen, endpoint: { service: { ...webhookService, port: WEBHOOK_SERVICE_PORT } }, ...certificate };
}

async function run(options: RunOptions): Promise<void> {
  boundGarbage();
  const log = createJsonLog(options.logLevel);
  const webhooks = webhookOptions(options);
  const replicas = replicaOptions(options);
  const operator = await startOperator({
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    dataDir: options.dataDir,
    namespace: options.namespace,
    metricsListen: options.metricsListen,
    ...(options.otlpEndpoint === undefined ? {} : { otlpEndpoint: options.otlpEndpoint }),
    ...(webhooks === undefined ? {} : { webhooks }),
    ...(replicas === undefined ? {} : { replicas }),
    allowLocalRepositories: options.allowLocalRepositories ?? false,
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
  .showHelpAfterError()
  .version(packageJson.version, '-V, --version');

program
  .command('run')
  .description('Run the operator until SIGTERM.')
  .addOption(
    option(
      '--kubeconfig <file>',
      "kubeconfig of the cluster (default: KUBECONFIG, ~/.kube/config, or the Pod's service account)",
    ),
  )
  .addOption(option('--data-dir <dir>', 'holds the local clones').default('./data'))
  .addOption(
    option('--namespace <name>', "the operator's own namespace: keys; created when missing").default(
      NAMESPACE_DEFAULT,
    ),
  )
  .addOption(
    option('--listen <host:port>', 'serves the webhooks, with TLS')
      .default({ host: '::', port: 9443 }, ':9443, on every address')
      .argParser(parsed(parseListenAddress)),
  )
  .addOption(
    option(
      '--webhook-url <url>',
      'where the API server reaches --listen, out of the cluster: https://HOST:PORT',
    ).argParser(parsed(parseWebhookUrl)),
  )
  .addOption(
    option(
      '--webhook-service <namespace/name>',
      'where the API server reaches --listen, in the cluster',
    ).argParser(parsed(parseService)),
  )
  .addOption(
    option(
      '--webhook-certificate-secret <name>',
      'a kubernetes.io/tls Secret in --namespace that somebody else keeps (cert-manager); default: own certificates',
    ),
  )
  .addOption(
    option('--metrics-listen <host:port>', 'serves /metrics, /healthz and /readyz')
      .default({ host: '::', port: 8080 }, ':8080, on every address')
      .argParser(parsed(parseListenAddress)),
  )
  .addOption(
    option(
      '--otlp-endpoint <url>',
      'sends metrics to a collector too, such as http://collector:4318 (also read: OTEL_EXPORTER_OTLP_*)',
    ),
  )
  .addOption(
    option(
      '--allow-local-repositories',
      'allow file:// URLs: whoever may write a GitRepoConfig can then write where the operator can',
    ),
  )
  .addOption(
    option(
      '--leader-elect',
      'run as one of several replicas, of which one leads; each needs its own --data-dir',
    ),
  )
  .addOption(
    durationOption(
      '--leader-elect-lease-duration <duration>',
      'others take over this long after the last renewal that they saw',
      ELECTION_TIMING.leaseDurationMs,
    ),
  )
  .addOption(
    durationOption(
      '--leader-elect-renew-deadline <duration>',
      'a leader that could not renew for this long ends',
      ELECTION_TIMING.renewDeadlineMs,
    ),
  )
  .addOption(
    durationOption(
      '--leader-elect-retry-period <duration>',
      'between two attempts to acquire or renew',
      ELECTION_TIMING.retryPeriodMs,
    ),
  )
  .addOption(
    option(
      '--replica-address <host:port>',
      "where other replicas reach --listen (default: where that listens, or the address of this machine's name)",
    ).argParser(parsed(parseListenAddress)),
  )
  .addOption(option('--log-level <level>', 'least severe lines to log').choices(LOG_LEVELS).default('info'))
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
