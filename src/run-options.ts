import { type Command, Option } from 'commander';
import { checkTiming, ELECTION_TIMING } from './elect/election-timing.ts';
import { CodedError } from './errors.ts';
import {
  hasUser,
  parseDuration,
  parseListen,
  parseNamespace,
  parsePath,
  parseReached,
  parseSecretName,
  parseService,
  parseSwitch,
  parseWebhookUrl,
} from './flag-values.ts';
import { NAMESPACE_DEFAULT } from './own-names.ts';
import type { ReplicaOptions } from './replicas/replicas.ts';
import { LOG_LEVELS, type LogLevel } from './report/json-log.ts';
import type { ListenAddress } from './server/listen-address.ts';
import type { WebhookOptions } from './webhooks.ts';

/** What the command line of `run` says. */
export interface RunOptions {
  readonly kubeconfig?: string;
  readonly dataDir: string;
  readonly namespace: string;
  readonly listen: ListenAddress;
  readonly webhookUrl?: string;
  readonly webhookService?: { readonly namespace: string; readonly name: string };
  readonly webhookCertificateSecret?: string;
  readonly metricsListen: ListenAddress;
  readonly otlpEndpoint?: string;
  readonly allowLocalRepositories: boolean;
  readonly leaderElect: boolean;
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

/** A flag that is given or not; `=false` and the environment can also say that it is not. Default: it is not. */
function switchOption(flag: string, description: string): Option {
  return option(`${flag} [boolean]`, description).default(false).preset('true').argParser(parseSwitch);
}

function durationOption(flags: string, description: string, defaultMs: number): Option {
  return option(flags, description)
    .default(defaultMs, `${defaultMs / 1000}s`)
    .argParser(parseDuration);
}

const RUN_OPTIONS: readonly Option[] = [
  option(
    '--kubeconfig <file>',
    "kubeconfig of the cluster (default: KUBECONFIG, ~/.kube/config, or the Pod's service account)",
  ).argParser(parsePath),
  option('--data-dir <dir>', 'holds the local clones').default('./data').argParser(parsePath),
  option('--namespace <name>', "the operator's own namespace: keys; created when missing")
    .default(NAMESPACE_DEFAULT)
    .argParser(parseNamespace),
  option('--listen <host:port>', 'serves the webhooks, with TLS')
    .default({ host: '::', port: 9443 }, ':9443, on every address')
    .argParser(parseListen),
  option(
    '--webhook-url <url>',
    'where the API server reaches --listen, out of the cluster: https://HOST:PORT',
  ).argParser(parseWebhookUrl),
  option(
    '--webhook-service <namespace/name>',
    'where the API server reaches --listen, in the cluster',
  ).argParser(parseService),
  option(
    '--webhook-certificate-secret <name>',
    'a kubernetes.io/tls Secret in --namespace that somebody else keeps (cert-manager); default: own certificates',
  ).argParser(parseSecretName),
  option('--metrics-listen <host:port>', 'serves /metrics, /healthz and /readyz')
    .default({ host: '::', port: 8080 }, ':8080, on every address')
    .argParser(parseListen),
  option(
    '--otlp-endpoint <url>',
    'sends metrics to a collector too, such as http://collector:4318 (also read: OTEL_EXPORTER_OTLP_*)',
  ),
  switchOption(
    '--allow-local-repositories',
    'allow file:// URLs: whoever may write a GitRepoConfig can then write where the operator can',
  ),
  switchOption(
    '--leader-elect',
    'run as one of several replicas, of which one leads; each needs its own --data-dir',
  ),
  durationOption(
    '--leader-elect-lease-duration <duration>',
    'others take over this long after the last renewal that they saw',
    ELECTION_TIMING.leaseDurationMs,
  ),
  durationOption(
    '--leader-elect-renew-deadline <duration>',
    'a leader that could not renew for this long ends',
    ELECTION_TIMING.renewDeadlineMs,
  ),
  durationOption(
    '--leader-elect-retry-period <duration>',
    'between two attempts to acquire or renew',
    ELECTION_TIMING.retryPeriodMs,
  ),
  option(
    '--replica-address <host:port>',
    "where other replicas reach --listen (default: where that listens, or the address of this machine's name)",
  ).argParser(parseReached),
  option('--log-level <level>', 'least severe lines to log').choices(LOG_LEVELS).default('info'),
];

/** Give a command the flags of `run`. A variable of the environment that is empty counts as not set. */
export function addRunOptions(command: Command, environment: NodeJS.ProcessEnv): Command {
  for (const one of RUN_OPTIONS) {
    if (one.envVar !== undefined && environment[one.envVar] === '') delete environment[one.envVar];
    command.addOption(one);
  }
  return command;
}

/** How replicas work together; undefined where there is one only. Throws `InvalidSpec`. */
export function replicaOptions(options: RunOptions): ReplicaOptions | undefined {
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

/** How the API server reaches the webhooks; undefined where there are none. Throws `InvalidSpec`. */
export function webhookOptions(options: RunOptions): WebhookOptions | undefined {
  const { webhookUrl, webhookService, listen, webhookCertificateSecret } = options;
  if (webhookUrl !== undefined && webhookService !== undefined) {
    throw new CodedError(
      'InvalidSpec',
      '--webhook-url and --webhook-service exclude each other: give one of them',
    );
  }
  if (webhookUrl !== undefined && hasUser(webhookUrl)) {
    // The API server refuses it, too. What stands there may be a secret, so it is not repeated.
    throw new CodedError('InvalidSpec', '--webhook-url holds a user or a password: write https://HOST:PORT');
  }
  if (webhookCertificateSecret !== undefined && webhookUrl === undefined && webhookService === undefined) {
    throw new CodedError(
      'InvalidSpec',
      '--webhook-certificate-secret is of no use without webhooks: give --webhook-service or --webhook-url, too',
    );
  }
  const certificate =
    webhookCertificateSecret === undefined ? {} : { certificateSecret: webhookCertificateSecret };
  if (webhookUrl !== undefined) return { listen, endpoint: { url: webhookUrl }, ...certificate };
  if (webhookService === undefined) return undefined;
  return { listen, endpoint: { service: { ...webhookService, port: WEBHOOK_SERVICE_PORT } }, ...certificate };
}
