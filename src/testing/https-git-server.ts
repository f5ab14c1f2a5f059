import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gitHttpBackend } from './git-http-backend.ts';
import { makeTestCertificates } from './test-certificates.ts';

/** Who is let in. */
export type GitServerAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** How the server behaves: as it should, or in one of the ways a host can fail. */
export type GitServerBehaviour =
  | { readonly kind: 'normal' }
  /** Every request gets this status, such as 401, 403, 404, 500, 503. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** Every request waits so long before it is served. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Every request is taken and never answered. */
  | { readonly kind: 'hang' };

/** A real Git server over HTTPS or HTTP on loopback. */
export interface HttpsGitServer {
  readonly port: number;
  /** PEM of the CA that signed its certificate; `undefined` for plain HTTP. */
  readonly ca: string | undefined;
  /** URL of a repository, by its absolute path on this machine. Holds no credentials. */
  url(path: string): string;
  behave(behaviour: GitServerBehaviour): void;
  /** `METHOD /path STATUS` of every request so far, without query. */
  requests(): readonly string[];
  /** Refuse connections until start(). */
  down(): Promise<void>;
  /** Listen again on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Start a server, by default with TLS and without authentication. */
export async function startHttpsGitServer(
  options: { readonly auth?: GitServerAuth; readonly tls?: boolean } = {},
): Promise<HttpsGitServer> {
  const auth = options.auth ?? { kind: 'none' };
  const certificates = options.tls === false ? undefined : await makeTestCertificates();
  let behaviour: GitServerBehaviour = { kind: 'normal' };
  const requests: string[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?')[0];
    response.on('finish', () => requests.push(`${request.method} ${path} ${response.statusCode}`));
    // May change while a slow request waits; a request keeps the behaviour it came upon.
    const now = behaviour;
    if (now.kind === 'hang') return;
    if (now.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, now.delayMs));
    if (now.kind === 'status') return refuse(response, now.status, now.body);
    if (!isLetIn(auth, request.headers.authorization)) return refuse(response, 401, 'Bad credentials\n');
    return gitHttpBackend(request, response);
  };
  const server = certificates
    ? createHttpsServer({ cert: certificates.cert, key: certificates.key }, handle)
    : createHttpServer(handle);
  // A client that distrusts the certificate breaks the handshake off; that is no error here.
  server.on('tlsClientError', () => {});

  let port = 0;
  const start = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const down = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  await start();
  return {
    port,
    ca: certificates?.ca,
    url: (path) => `${certificates ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
    behave: (next) => {
      behaviour = next;
    },
    requests: () => requests,
    down,
    start,
    stop: down,
  };
}

function refuse(response: ServerResponse, status: number, body = `status ${status}\n`): void {
  // git asks for a password only when the challenge names a scheme it knows.
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="git"' } : {};
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...challenge });
  response.end(body);
}

function isLetIn(auth: GitServerAuth, header = ''): boolean {
  if (auth.kind === 'none') return true;
  const expected =
    auth.kind === 'bearer'
      ? `Bearer ${auth.token}`
      : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  const [given, wanted] = [Buffer.from(header), Buffer.from(expected)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
