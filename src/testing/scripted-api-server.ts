import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { KubeClient } from '../kube/client.ts';
import type { Connection } from '../kube/connection.ts';
import type { KubeObject } from '../kube/object.ts';

/** A request as the scripted server got it. */
export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON; undefined for a request without a body. */
  readonly body: unknown;
}

/** Answers one request. What it throws becomes a 500. */
export type Script = (request: ScriptedRequest, answer: Answer) => void | Promise<void>;

/** How a request is answered. Each function can be called when the test wants to, not only at once. */
export interface Answer {
  /** Send JSON (text is sent as it stands). */
  json(value: unknown, status?: number): void;
  /** Send a `Status`, as the API server refuses. */
  status(code: number, message: string): void;
  /** Begin the answer to a watch. */
  watch(): ScriptedWatch;
  readonly response: ServerResponse;
}

/** One watch under way. */
export interface ScriptedWatch {
  send(type: string, object: unknown): void;
  bookmark(resourceVersion: string): void;
  /** Bytes as they stand, to cut lines and characters apart. */
  raw(bytes: Buffer | string): void;
  /** An in-stream error. */
  error(code: number, message: string): void;
  /** End the watch as the server does when its time is over. */
  end(): void;
  /** Break the connection. */
  cut(): void;
}

/** A local HTTP server that plays an API server. */
export interface ScriptedApiServer {
  readonly client: KubeClient;
  readonly connection: Connection;
  readonly requests: readonly ScriptedRequest[];
  /** Connections that were opened so far. */
  readonly connections: () => number;
}

/** Call `use` with a server that answers as the script says; it ends with `use`. */
export async function withScriptedApiServer<T>(
  script: Script,
  use: (server: ScriptedApiServer) => Promise<T>,
): Promise<T> {
  const requests: ScriptedRequest[] = [];
  let connections = 0;
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming);
    requests.push(request);
    try {
      await script(request, answerWith(response));
    } catch (error) {
      answerWith(response).status(500, String(error));
    }
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection: Connection = {
    server: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    agent: new https.Agent(),
    headers: async () => ({ Authorization: 'Bearer scripted' }),
  };
  try {
    const client = new KubeClient(connection);
    return await use({ client, connection, requests, connections: () => connections });
  } finally {
    server.close();
    server.closeAllConnections();
    connection.agent.destroy();
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ScriptedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://scripted');
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function answerWith(response: ServerResponse): Answer {
  const json = (value: unknown, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  return {
    response,
    json,
    status: (code, message) => json(statusOf(code, message), code),
    watch: () => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      const send = (type: string, object: unknown) =>
        void response.write(`${JSON.stringify({ type, object })}\n`);
      return {
        send,
        bookmark: (resourceVersion) => send('BOOKMARK', { kind: 'ConfigMap', metadata: { resourceVersion } }),
        raw: (bytes) => void response.write(bytes),
        error: (code, message) => send('ERROR', statusOf(code, message)),
        end: () => void response.end(),
        cut: () => void response.destroy(),
      };
    },
  };
}

function statusOf(code: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
}

/** A list as the API server answers it. */
export function listOf(items: readonly unknown[], resourceVersion: string, next = ''): object {
  return {
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion, ...(next === '' ? {} : { continue: next }) },
    items,
  };
}

/** A ConfigMap, as stored. Its uid follows from its name. */
export function configMap(
  name: string,
  resourceVersion: string,
  more: {
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly data?: object;
  } = {},
): KubeObject {
  const { namespace = 'default', labels, data = {} } = more;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      resourceVersion,
      ...(labels === undefined ? {} : { labels }),
    },
    data,
  };
}

/** The resource that the scripted lists and watches are about. */
export const CONFIG_MAPS = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  preferred: true,
} as const;
