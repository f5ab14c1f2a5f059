import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import Koa from 'koa';
import type { KeyAndCertificate } from '../certificates/serving-certificate.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { listen } from './listen.ts';
import type { ListenAddress } from './listen-address.ts';
import { BodyReader, Refusal, type RefusalReason } from './webhook-body.ts';
import { findRoute, HandlerCaller, type WebhookHandler } from './webhook-handler.ts';
import { type AdmissionRequest, parseReview, renderReview } from './webhook-review.ts';

/** A review holds an object and what it was before, each at most 1.5 MiB (etcd's limit), and is escaped a little. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const PENDING_BYTES_MAX = 64 * 1024 * 1024;
/** API servers never wait longer than 30 s: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts */
const REQUEST_TIMEOUT_MS = 10_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/**
 * API servers drop connections that are idle for 90 s. To be later keeps a review from meeting a closing one. That holds
 * for those on which nothing came yet, too: an API server opens one for a review that then takes another which became
 * free, and keeps it (https://pkg.go.dev/net/http#Transport).
 */
const KEEP_ALIVE_MS = 120_000;
const CONNECTIONS_MAX = 2_000;
/** A connection ends after so many reviews: API servers spread over replicas anew, and see the newest certificate. */
const REQUESTS_PER_CONNECTION_MAX = 10_000;
const CLOSE_GRACE_MS = 5_000;

export type ReviewOutcome = 'Allowed' | 'Denied' | 'Failed';

/** What the server tells about its work. */
export interface WebhookMetrics {
  /** A review was answered, `seconds` after its head came in. `path` is the handler's. */
  reviewed(labels: { readonly path: string; readonly outcome: ReviewOutcome }, seconds: number): void;
  /** A request was turned away. */
  refused(labels: { readonly reason: RefusalReason }): void;
}

export interface WebhookServerOptions {
  readonly listen: ListenAddress;
  readonly certificate: KeyAndCertificate;
  /** By path, such as `/who`; no path is below another. */
  readonly handlers: Readonly<Record<string, WebhookHandler>>;
  /** Answers what comes on paths of its own, before anything is taken for a review. Default: nothing. */
  readonly beside?: Koa.Middleware;
  /** The path of `--webhook-url`, before every handler's path. Default: empty. */
  readonly basePath?: string;
  readonly metrics: WebhookMetrics;
  readonly log: Log;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Largest body. Default: 8 MiB. */
  readonly bodyBytesMax?: number;
  /** Largest sum of the bodies that are being received. Default: 64 MiB. */
  readonly pendingBytesMax?: number;
  /** Time to receive the body of a request, and again to answer it. Default: 10 s. */
  readonly requestTimeoutMs?: number;
  /** Requests after which a connection is ended, with the last answer. Default: 10,000. */
  readonly requestsPerConnectionMax?: number;
}

export interface WebhookServer {
  readonly port: number;
  /** Serve new connections with another certificate; those that are open go on. Throws `InvalidSecret`. */
  setCertificate(certificate: KeyAndCertificate): void;
  /** Still answer everything, and ask every client to come anew: elsewhere, once it is known that this server goes. */
  retire(): void;
  /** Accept nothing new, answer what is under way (for 5 s at most), end. */
  close(): Promise<void>;
}

/**
 * Serve admission reviews over TLS. Anything else gets a 4xx that says why, and is counted.
 *
 * HTTP/1.1 only: it is what API servers speak to webhooks (https://issue.k8s.io/75791).
 * Throws `InvalidSpec` when the address cannot be listened on, `InvalidSecret` for an unusable certificate.
 */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const { log } = options;
  let isClosing = false;
  const app = new Koa();
  if (options.beside !== undefined) app.use(options.beside);
  app.use(reviewing(options, () => isClosing));
  app.on('error', (error) => log.debug('A webhook request failed', { reason: messageOf(error) }));
  const server = https.createServer(
    {
      ...secureOptions(options.certificate),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Both count from the opening of a connection; how long a body may take is seen to where it is read.
      requestTimeout: KEEP_ALIVE_MS,
      headersTimeout: KEEP_ALIVE_MS,
    },
    app.callback(),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = options.requestsPerConnectionMax ?? REQUESTS_PER_CONNECTION_MAX;
  server.on('tlsClientError', (error) => log.debug('TLS handshake failed', { reason: error.message }));
  const port = await listen(server, options.listen, 'webhooks (--listen)');
  return {
    port,
    setCertificate: (certificate) => server.setSecureContext(secureOptions(certificate)),
    retire() {
      isClosing = true;
    },
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** The one middleware: a review in, an answer out. */
function reviewing(options: WebhookServerOptions, isClosing: () => boolean): Koa.Middleware {
  const { handlers, metrics, log, clock = systemClock, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const bodies = new BodyReader(
    options.bodyBytesMax ?? BODY_BYTES_MAX,
    options.pendingBytesMax ?? PENDING_BYTES_MAX,
    requestTimeoutMs,
  );
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  const caller = new HandlerCaller(requestTimeoutMs, clock, log);
  return async (ctx) => {
    const startedAtMs = performance.now();
    const { path } = ctx;
    if (isClosing()) ctx.set('Connection', 'close');
    try {
      const route = path.startsWith(basePath) ? findRoute(handlers, path.slice(basePath.length)) : undefined;
      if (route === undefined) throw new Refusal(404, 'NotFound', 'there is no webhook at this path');
      const review = await receive(ctx.req, bodies);
      const { answer, isFailed } = await caller.call(route, review, goneSignal(ctx.req));
      if (isClosing()) ctx.set('Connection', 'close');
      // Written here: Koa's own way looks up types and lengths anew for each of thousands a second.
      ctx.respond = false;
      const body = renderReview(review.uid, answer);
      ctx.res.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      });
      // As text: Node then sends head and body in one piece.
      ctx.res.end(body);
      const outcome = isFailed ? 'Failed' : answer.allowed ? 'Allowed' : 'Denied';
      metrics.reviewed({ path: route.path, outcome }, (performance.now() - startedAtMs) / 1000);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      metrics.refused({ reason: error.reason });
      log.debug('A request is no review', { path: path.slice(0, 200), reason: error.message });
      ctx.status = error.status;
      ctx.body = `${error.message}\n`;
      // Nobody reads the rest of the body.
      ctx.set('Connection', 'close');
      if (error.reason === 'MethodNotAllowed') ctx.set('Allow', 'POST');
    }
  };
}

async function receive(request: IncomingMessage, bodies: BodyReader): Promise<AdmissionRequest> {
  if (request.method !== 'POST') throw new Refusal(405, 'MethodNotAllowed', 'reviews are sent with POST');
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new Refusal(415, 'UnsupportedMediaType', 'reviews are sent as application/json');
  const text = await bodies.read(request);
  try {
    return parseReview(text);
  } catch (error) {
    throw new Refusal(400, 'NotAReview', `not an AdmissionReview: ${messageOf(error)}`);
  }
}

/** Aborts when the connection ends. */
function goneSignal({ socket }: IncomingMessage): AbortSignal {
  const known = goneSignals.get(socket);
  if (known !== undefined) return known;
  const abort = new AbortController();
  socket.once('close', () => abort.abort());
  goneSignals.set(socket, abort.signal);
  return abort.signal;
}

/** One signal for each connection, not for each of its requests. */
const goneSignals = new WeakMap<IncomingMessage['socket'], AbortSignal>();

function secureOptions({ key, cert }: KeyAndCertificate): SecureContextOptions {
  const options: SecureContextOptions = { key, cert, minVersion: 'TLSv1.2' };
  try {
    // Before the server forgets what it has. Nothing at all would be fine with it, and then refuse every handshake.
    if (key === '' || cert === '') throw new Error('empty');
    createSecureContext(options);
  } catch {
    throw new CodedError('InvalidSecret', 'The webhook certificate and its key cannot be used together');
  }
  return options;
}
