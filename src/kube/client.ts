import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { CodedError, type ErrorCode, messageOf } from '../errors.ts';
import type { Connection } from './connection.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts';

/**
 * A thin client of the API server: raw JSON in and out over one keep-alive agent.
 *
 * The typed client of `@kubernetes/client-node` opens a TLS connection for each request and drops fields that
 * it does not know; both are ruled out for a program that has to copy objects faithfully.
 */
export class KubeClient {
  readonly #connection: Connection;
  readonly #requestsMade: ((method: string, path: string, status: number) => void) | undefined;

  constructor(connection: Connection, onRequest?: (method: string, path: string, status: number) => void) {
    this.#connection = connection;
    this.#requestsMade = onRequest;
  }

  /** `host:port` of the API server, for messages. */
  get host(): string {
    return this.#connection.server.host;
  }

  /** GET a path and parse the answer. Throws `CodedError` (`NotFound`, `Forbidden`, `Gone`, `ApiUnreachable` …). */
  async get(path: string, options: RequestOptions = {}): Promise<JsonObject> {
    return this.request('GET', path, options);
  }

  /** Send a request with an optional JSON body and parse the answer. Throws `CodedError`. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<JsonObject> {
    const response = await this.#send(method, path, options);
    const text = await readText(response, options.maxBytes ?? RESPONSE_BYTES_MAX);
    this.#requestsMade?.(method, path, response.statusCode ?? 0);
    if ((response.statusCode ?? 500) >= 300) throw apiError(method, path, response.statusCode ?? 0, text);
    options.onText?.(text);
    let value: JsonValue;
    try {
      value = parseJson(text);
    } catch (error) {
      throw new CodedError(
        'InvalidResponse',
        `${method} ${path}: the answer is not JSON: ${messageOf(error)}`,
        { retry: true },
      );
    }
    if (!isJsonObject(value))
      throw new CodedError('InvalidResponse', `${method} ${path}: the answer is not an object`, {
        retry: true,
      });
    return value;
  }

  /** Open a streamed GET (a watch). The caller reads the body and destroys it when done. Throws `CodedError`. */
  async stream(path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const response = await this.#send('GET', path, options);
    this.#requestsMade?.('WATCH', path, response.statusCode ?? 0);
    if ((response.statusCode ?? 500) >= 300) {
      throw apiError('WATCH', path, response.statusCode ?? 0, await readText(response, RESPONSE_BYTES_MAX));
    }
    return response;
  }

  async #credentials(method: string, path: string): Promise<Readonly<Record<string, string>>> {
    try {
      return await this.#connection.headers();
    } catch (error) {
      throw new CodedError(
        'ApiUnreachable',
        `${method} ${path} at ${this.host}: no credentials: ${messageOf(error)}`,
        { retry: true, cause: error },
      );
    }
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<IncomingMessage> {
    const { server, agent } = this.#connection;
    const headers: Record<string, string> = {
      Accept: options.accept ?? 'application/json',
      'User-Agent': 'gitops-reverser',
      ...(await this.#credentials(method, path)),
    };
    let body: Buffer | undefined;
    if (options.body !== undefined) {
      body = Buffer.from(JSON.stringify(options.body));
      headers['Content-Type'] = options.contentType ?? 'application/json';
      headers['Content-Length'] = String(body.length);
    }
    const query = options.query === undefined ? '' : `?${new URLSearchParams(options.query)}`;
    const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
    return new Promise((resolve, reject) => {
      const transport = server.protocol === 'http:' ? http : https;
      const request = transport.request(
        {
          host: server.hostname.replace(/^\[|\]$/g, ''),
          port: server.port || (server.protocol === 'http:' ? 80 : 443),
          path: `${server.pathname.replace(/\/$/, '')}${path}${query}`,
          method,
          headers,
          ...(server.protocol === 'http:' ? {} : { agent }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        },
        (response) => {
          clearTimeout(timer);
          response.setTimeout(options.idleMs ?? timeoutMs, () =>
            response.destroy(
              new CodedError('TimedOut', `${method} ${path}: silent for too long`, { retry: true }),
            ),
          );
          resolve(response);
        },
      );
      const timer = setTimeout(
        () =>
          request.destroy(
            new CodedError('TimedOut', `${method} ${path}: no answer within ${timeoutMs} ms`, {
              retry: true,
            }),
          ),
        timeoutMs,
      );
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(
          error instanceof CodedError
            ? error
            : new CodedError('ApiUnreachable', `${method} ${path} at ${server.host}: ${error.message}`, {
                retry: true,
                cause: error,
              }),
        );
      });
      request.end(body);
    });
  }
}

export interface RequestOptions {
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  /** Default `application/json`; patches name their own. */
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Time until the answer's head. Default 30 s. */
  readonly timeoutMs?: number;
  /** Longest silence within the answer's body. Default: `timeoutMs`. */
  readonly idleMs?: number;
  /** Gets the text of an answer that is no error, before it is parsed. */
  readonly onText?: (text: string) => void;
  /** Largest answer that is read into memory. Default 256 MiB. */
  readonly maxBytes?: number;
}

const REQUEST_TIMEOUT_MS = 30_000;
const RESPONSE_BYTES_MAX = 256 * 1024 * 1024;
const ERROR_CHARS_MAX = 1_000;

async function readText(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        response.destroy();
        throw new CodedError('InvalidResponse', `The API server's answer is larger than ${bytesMax} bytes`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('ApiUnreachable', `The API server's answer broke off: ${messageOf(error)}`, {
      retry: true,
    });
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The error that a non-2xx answer stands for. The API server's own words are kept, bounded. */
export function apiError(method: string, path: string, status: number, text: string): CodedError {
  let message = text;
  try {
    const parsed = JSON.parse(text) as { message?: unknown };
    if (typeof parsed.message === 'string') message = parsed.message;
  } catch {
    // Not a Status object: the text itself has to do.
  }
  const words = message.slice(0, ERROR_CHARS_MAX) || `HTTP ${status}`;
  return new CodedError(codeOfStatus(status), `${method} ${path}: ${words}`, {
    retry: status === 429 || status >= 500,
  });
}

/** The error code of an HTTP status of the API server. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
    case 403:
      return 'Forbidden';
    case 404:
      return 'NotFound';
    case 409:
      return 'Conflict';
    case 410:
      return 'Gone';
    default:
      return 'ApiError';
  }
}
