import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import Koa from 'koa';
import type { KeyAndCertificate } from '../certificates/serving-certificate.ts';
import { type Clock, systemClock } from '../clock.ts';
import { CodedError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
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
/** API servers drop connections that are idle for 90 s. To be later keeps a review from meeting a closing one. */
const KEEP_ALIVE_MS = 120_000;
const TIMEOUTS_CHECKED_EVERY_MS = 1_000;
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
  /** Time to receive a request, and again to answer it. Default: 10 s. */
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
  const { listen, log, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  let isClosing = false;
  const review = reviewing(options, () => isClosing);
  const server = https.createServer(
    {
      ...secureOptions(options.certificate),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
    },
    (request, response) => void review(request, response),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = options.requestsPerConnectionMax ?? REQUESTS_PER_CONNECTION_MAX;
  server.on('tlsClientError', (error) => log.debug('TLS handshake failed', { reason: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CodedError(
          'InvalidSpec',
          `Cannot listen on ${listen.host}:${listen.port} for webhooks: ${error.message}`,
        ),
      ),
    );
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
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

type RequestListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * A review in, an answer out; never rejects. Koa only sees what comes on other paths: a review needs nothing of it.
 */
function reviewing(options: WebhookServerOptions, isClosing: () => boolean): RequestListener {
  const { handlers, metrics, log, clock = systemClock } = options;
  const bodies = new BodyReader(
    options.bodyBytesMax ?? BODY_BYTES_MAX,
    options.pendingBytesMax ?? PENDING_BYTES_MAX,
  );
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  const caller = new HandlerCaller(options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS, clock, log);
  const refuse = (path: string, response: ServerResponse, error: unknown) => {
    if (error instanceof Refusal) {
      metrics.refused({ reason: error.reason });
      log.debug('A request is no review', { path: path.slice(0, 200), reason: error.message });
    } else log.error('A webhook request failed', { reason: messageOf(error) });
    if (!response.headersSent) writeRefusal(response, error);
  };
  const others = new Koa();
  if (options.beside !== undefined) others.use(options.beside);
  others.use((ctx) => {
    ctx.respond = false;
    refuse(ctx.path, ctx.res, new Refusal(404, 'NotFound', 'there is no webhook at this path'));
  });
  others.on('error', (error) => log.debug('A webhook request failed', { reason: messageOf(error) }));
  const answerOthers = others.callback();
  return async (request, response) => {
    const startedAtMs = performance.now();
    if (isClosing()) response.setHeader('Connection', 'close');
    const path = pathOf(request);
    const route = path.startsWith(basePath) ? findRoute(handlers, path.slice(basePath.length)) : undefined;
    if (route === undefined) return answerOthers(request, response);
    try {
      const review = await receive(request, bodies);
      const { answer, isFailed } = await caller.call(route, review, goneSignal(request));
      if (isClosing()) response.setHeader('Connection', 'close');
      const body = renderReview(review.uid, answer);
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      });
      // As text: Node then sends head and body in one piece.
      response.end(body);
      const outcome = isFailed ? 'Failed' : answer.allowed ? 'Allowed' : 'Denied';
      metrics.reviewed({ path: route.path, outcome }, (performance.now() - startedAtMs) / 1000);
    } catch (error) {
      refuse(path, response, error);
    }
  };
}

/** Without the query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** What is no refusal is a bug, and its words are for nobody else. */
function writeRefusal(response: ServerResponse, error: unknown): void {
  const { status, reason, message } =
    error instanceof Refusal
      ? error
      : { status: 500, reason: undefined, message: 'it failed; its log says why' };
  // Nobody reads the rest of the body.
  response.setHeader('Connection', 'close');
  if (reason === 'MethodNotAllowed') response.setHeader('Allow', 'POST');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
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
