import { OwnKindAdmission } from './admit/own-kind-admission.ts';
import { CertificateKeeper } from './certificates/certificate-keeper.ts';
import { CertificateStore } from './certificates/certificate-store.ts';
import { type HostNames, hostNamesOfService, hostNamesOfUrl } from './certificates/host-names.ts';
import { OwnCertificates, WEBHOOK_TLS_SECRET } from './certificates/own-certificates.ts';
import { ProvidedCertificates } from './certificates/provided-certificates.ts';
import type { Clock } from './clock.ts';
import { CodedError } from './errors.ts';
import type { EvidenceStore } from './identify/evidence-store.ts';
import { evidenceOf } from './identify/review.ts';
import type { KubeClient } from './kube/client.ts';
import type { ApiResource } from './kube/resource.ts';
import type { Log } from './log.ts';
import {
  EVIDENCE_PATH,
  PROBE_PATH,
  RULES_PATH,
  type WebhookEndpoint,
} from './register/desired-configuration.ts';
import { Registration } from './register/registration.ts';
import type { Metrics } from './report/metrics.ts';
import type { ListenAddress } from './server/listen-address.ts';
import { startWebhookServer, type WebhookServer } from './server/webhook-server.ts';

/** How the API server reaches the webhooks. */
export interface WebhookOptions {
  readonly listen: ListenAddress;
  readonly endpoint: WebhookEndpoint;
  /** A Secret of type kubernetes.io/tls in the operator's namespace, kept by somebody else. Default: own certificates. */
  readonly certificateSecret?: string;
}

export interface WebhookContext {
  readonly client: KubeClient;
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly evidence: EvidenceStore;
  readonly served: () => readonly ApiResource[];
  readonly allowLocalRepositories: boolean;
  readonly metrics: Metrics;
  readonly onProgress: () => void;
  /** Ends the wait for a certificate that somebody else has to bring. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** The webhooks at work: the server, its certificates, and their registration with the API server. */
export interface Webhooks {
  /** What has to be reviewed, so that its changes have authors. */
  setFollowed(resources: Iterable<ApiResource>): void;
  /** Do reviews of this resource come? */
  isAnswering(resource: ApiResource): boolean;
  /** Why authors may be lost now, as a sentence; undefined when all is well. */
  readonly problem: string | undefined;
  /** When the certificate that is served expires, in milliseconds since the Unix epoch. */
  readonly certificateExpiresAtMs: number | undefined;
  stop(): Promise<void>;
}

/**
 * Serve the webhooks, register them, and keep both in step with the certificates. In this order: certificates, the
 * server, the registration; a registered webhook without a server would refuse changes of this project's kinds.
 * Throws `CodedError` when the address cannot be listened on.
 */
export async function startWebhooks(options: WebhookOptions, context: WebhookContext): Promise<Webhooks> {
  const { client, namespace, clock, log, metrics } = context;
  let server: WebhookServer | undefined;
  let registration: Registration | undefined;
  const keeper = new CertificateKeeper(
    certificateSource(options, context),
    {
      trust: async (caBundle) => registration?.setCaBundle(caBundle),
      serve: (serving) => server?.setCertificate(serving),
    },
    clock,
    log,
  );
  const material = await keeper.start();
  if (material === undefined)
    throw new CodedError('InvalidSecret', 'There is no certificate for the webhooks');
  const admission = new OwnKindAdmission(context);
  server = await startWebhookServer({
    listen: options.listen,
    certificate: material,
    basePath: basePathOf(options.endpoint),
    handlers: {
      [EVIDENCE_PATH]: {
        onError: 'allow',
        handle: (request) => {
          const evidence = evidenceOf(request, clock.now());
          if (!('ignored' in evidence)) context.evidence.record(evidence);
          return ALLOWED;
        },
      },
      [RULES_PATH]: { onError: 'deny', handle: (request) => admission.review(request) },
      [PROBE_PATH]: {
        onError: 'allow',
        handle: (request, _signal, hash) => {
          registration?.onProbe(hash, request);
          return ALLOWED;
        },
      },
    },
    metrics: {
      reviewed: (labels, seconds) => metrics.reviewed(seconds, labels),
      refused: (labels) => metrics.reviewRefused(labels),
    },
    log,
  });
  registration = new Registration({
    client,
    namespace,
    endpoint: options.endpoint,
    caBundle: material.caBundle,
    onProgress: context.onProgress,
    clock,
    log,
  });
  await registration.start();
  return {
    setFollowed: (resources) => registration.setFollowed(resources),
    isAnswering: (resource) => registration.isAnswering(resource),
    get problem() {
      return keeper.problem ?? registration.problem;
    },
    get certificateExpiresAtMs() {
      return keeper.expiresAtMs;
    },
    async stop() {
      // The configuration stays registered: a restart must not lose authors for longer than it takes.
      await registration.stop();
      await keeper.stop();
      await server.close();
    },
  };
}

const ALLOWED = { allowed: true } as const;

function certificateSource({ endpoint, certificateSecret }: WebhookOptions, context: WebhookContext) {
  const { client, namespace, clock, log } = context;
  const names = hostNames(endpoint);
  const store = new CertificateStore(client, namespace, certificateSecret ?? WEBHOOK_TLS_SECRET);
  return certificateSecret === undefined
    ? new OwnCertificates(store, names, clock, log)
    : new ProvidedCertificates(store, names, clock);
}

function hostNames(endpoint: WebhookEndpoint): HostNames {
  if ('url' in endpoint) return hostNamesOfUrl(endpoint.url);
  return hostNamesOfService(endpoint.service.namespace, endpoint.service.name);
}

/** The path of `--webhook-url`, before every webhook's own. */
function basePathOf(endpoint: WebhookEndpoint): string {
  return 'url' in endpoint ? new URL(endpoint.url).pathname.replace(/\/+$/, '') : '';
}
