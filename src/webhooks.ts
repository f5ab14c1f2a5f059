import { OwnKindAdmission } from './admit/own-kind-admission.ts';
import { CertificateKeeper } from './certificates/certificate-keeper.ts';
import { CertificateStore } from './certificates/certificate-store.ts';
import { type HostNames, hostNamesOfService, hostNamesOfUrl } from './certificates/host-names.ts';
import { OwnCertificates } from './certificates/own-certificates.ts';
import { ProvidedCertificates } from './certificates/provided-certificates.ts';
import type { Clock } from './clock.ts';
import { CodedError } from './errors.ts';
import type { Evidence } from './identify/evidence.ts';
import type { EvidenceStore } from './identify/evidence-store.ts';
import { evidenceOf } from './identify/review.ts';
import type { KubeClient } from './kube/client.ts';
import type { ApiResource } from './kube/resource.ts';
import type { Log } from './log.ts';
import { WEBHOOK_TLS_SECRET } from './own-names.ts';
import {
  EVIDENCE_PATH,
  PROBE_LABEL,
  PROBE_PATH,
  RULES_PATH,
  type WebhookEndpoint,
} from './register/desired-configuration.ts';
import { Registration } from './register/registration.ts';
import type { ProbeRequest } from './register/webhook-probe.ts';
import { receiveMessages } from './replicas/receive-messages.ts';
import type { ReplicaMessage } from './replicas/replica-message.ts';
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
  /** Hears what the webhooks here heard, and answers when reviews need not wait for it. Default: nobody does. */
  readonly share?: (message: ReplicaMessage) => Promise<unknown> | undefined;
  /** What replicas prove themselves with to each other. Default: no other replica is heard. */
  readonly replicaToken?: string;
  readonly onProgress: () => void;
  /** Ends the wait for a certificate that somebody else has to bring. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** The webhooks at work: the server, its certificates, and their registration with the API server. */
export interface Webhooks {
  /** Register them, and keep them registered: for the one replica that leads. Throws `CodedError`. */
  register(): Promise<void>;
  readonly listen: ListenAddress;
  /** PEM of the authorities that the API server, and other replicas, trust. */
  readonly caBundle: string;
  /** The name in the certificate. */
  readonly serverName: string;
  /** What has to be reviewed, so that its changes have authors. */
  setFollowed(resources: Iterable<ApiResource>): void;
  /** Do reviews of this resource come? */
  isAnswering(resource: ApiResource): boolean;
  /** Why reviews may not be answered here, as a sentence; undefined when they are. */
  readonly servingProblem: string | undefined;
  /** Why authors may be lost now, as a sentence; undefined when all is well. */
  readonly problem: string | undefined;
  /** Still answer, and have the API server come anew: elsewhere, once it is known that this process goes. */
  retire(): void;
  /** When the certificate that is served expires, in milliseconds since the Unix epoch. */
  readonly certificateExpiresAtMs: number | undefined;
  stop(): Promise<void>;
}

/**
 * A replica that does not lead registers nothing. Before it serves what the leader has not registered yet, the leader
 * gets this long: it looks at the certificates every minute or so.
 */
const LEADER_TRUST_MS = 90_000;

/**
 * Serve the webhooks, and keep that in step with the certificates. The registration comes after; a registered webhook
 * without a server would refuse changes of this project's kinds.
 * Throws `CodedError` when the address cannot be listened on.
 */
export async function startWebhooks(options: WebhookOptions, context: WebhookContext): Promise<Webhooks> {
  const { client, namespace, clock, log, metrics } = context;
  const registered = new AbortController();
  let server: WebhookServer | undefined;
  let registration: Registration | undefined;
  const keeper = new CertificateKeeper(
    certificateSource(options, context),
    {
      trust: async (caBundle) => {
        if (registration === undefined) await clock.sleep(LEADER_TRUST_MS, registered.signal);
        await registration?.setCaBundle(caBundle);
      },
      serve: (serving) => server?.setCertificate(serving),
    },
    clock,
    log,
  );
  const material = await keeper.start();
  if (material === undefined)
    throw new CodedError('InvalidSecret', 'There is no certificate for the webhooks');
  const admission = new OwnKindAdmission(context);
  const onEvidence = (evidence: Evidence) => context.evidence.record(evidence);
  const onProbe = (hash: string, nonce: string) =>
    registration?.onProbe(hash, { object: { metadata: { labels: { [PROBE_LABEL]: nonce } } } });
  const answered = (shared: Promise<unknown> | undefined) => shared?.then(() => ALLOWED) ?? ALLOWED;
  server = await startWebhookServer({
    listen: options.listen,
    certificate: material,
    basePath: basePathOf(options.endpoint),
    ...(context.replicaToken === undefined
      ? {}
      : {
          beside: receiveMessages(context.replicaToken, (message) => {
            if (message.kind === 'Evidence') onEvidence(message.evidence);
            else onProbe(message.hash, message.nonce);
          }),
        }),
    handlers: {
      [EVIDENCE_PATH]: {
        onError: 'allow',
        handle: (request) => {
          const evidence = evidenceOf(request, clock.now());
          if ('ignored' in evidence) return ALLOWED;
          onEvidence(evidence);
          return answered(context.share?.({ kind: 'Evidence', evidence }));
        },
      },
      [RULES_PATH]: { onError: 'deny', handle: (request) => admission.review(request) },
      [PROBE_PATH]: {
        onError: 'allow',
        handle: (request, _signal, hash) => {
          const nonce = nonceOf(request);
          if (nonce === undefined) return ALLOWED;
          onProbe(hash, nonce);
          return answered(context.share?.({ kind: 'Probe', hash, nonce }));
        },
      },
    },
    metrics: {
      reviewed: (labels, seconds) => metrics.reviewed(seconds, labels),
      refused: (labels) => metrics.reviewRefused(labels),
    },
    log,
  });
  const names = hostNames(options.endpoint);
  return {
    async register() {
      registration = new Registration({
        client,
        namespace,
        endpoint: options.endpoint,
        caBundle: keeper.caBundle,
        onProgress: context.onProgress,
        clock,
        log,
      });
      registered.abort();
      await registration.start();
    },
    listen: options.listen,
    get caBundle() {
      return keeper.caBundle;
    },
    serverName: (names.dns[0] ?? names.ips[0]) as string,
    setFollowed: (resources) => registration?.setFollowed(resources),
    isAnswering: (resource) => registration?.isAnswering(resource) ?? false,
    get servingProblem() {
      return keeper.problem;
    },
    get problem() {
      return keeper.problem ?? registration?.problem;
    },
    retire: () => server.retire(),
    get certificateExpiresAtMs() {
      return keeper.expiresAtMs;
    },
    async stop() {
      registered.abort();
      // The configuration stays registered: a restart must not lose authors for longer than it takes.
      await registration?.stop();
      await keeper.stop();
      await server.close();
    },
  };
}

const ALLOWED = { allowed: true } as const;

/** The label that tells which process sent a probe. */
function nonceOf({ object }: ProbeRequest): string | undefined {
  const { metadata } = (object ?? {}) as { metadata?: { labels?: Record<string, unknown> } };
  const nonce = metadata?.labels?.[PROBE_LABEL];
  return typeof nonce === 'string' ? nonce : undefined;
}

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
