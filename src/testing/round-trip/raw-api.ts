import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { User } from '../control-plane/users.ts';
import { type ExactObject, type ExactValue, exactAt, parseExactJson } from './exact-value.ts';

/** An answer of the API server: its status, and its body read without losing a digit. */
export interface RawAnswer {
  readonly status: number;
  readonly body: ExactObject;
}

/** Text to the API server and back, over connections that stay open, with nothing of the product in between. */
export interface RawApi {
  send(method: string, path: string, text?: string, contentType?: string): Promise<RawAnswer>;
  /** The kinds that are served, each in the version that the server prefers. */
  kinds(): Promise<ServedKind[]>;
  close(): void;
}

/** A kind as discovery tells of it. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Is the status set through a path of its own, and only there? */
  readonly hasStatusSubresource: boolean;
}

/** Longest wait for an answer. */
const ANSWER_MS = 30_000;
/** Connections at once. */
const SOCKETS_MAX = 8;
const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Connect to a control plane as one of its users. Whoever opens it closes it. */
export async function openRawApi(controlPlane: ControlPlane, user: User): Promise<RawApi> {
  const kubeconfig = JSON.parse(await readFile(controlPlane.kubeconfig(user), 'utf8')) as {
    clusters: [{ cluster: { 'certificate-authority-data': string } }];
  };
  const ca = Buffer.from(kubeconfig.clusters[0].cluster['certificate-authority-data'], 'base64');
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, ca });
  const exchange = (method: string, path: string, headers: object, text?: string) =>
    new Promise<RawAnswer>((resolve, reject) => {
      const sent = request(
        `${controlPlane.url}${path}`,
        {
          agent,
          method,
          timeout: ANSWER_MS,
          headers: {
            authorization: `Bearer ${controlPlane.token(user)}`,
            accept: 'application/json',
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const body = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: readBody(body) });
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer in ${ANSWER_MS} ms`)));
      sent.on('error', reject);
      sent.end(text);
    });
  return {
    send: (method, path, text, contentType = 'application/json') => {
      // Node sends the body of a DELETE without saying that there is one.
      const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) };
      return exchange(
        method,
        path,
        text === undefined ? {} : { 'content-type': contentType, ...length },
        text,
      );
    },
    kinds: async () => {
      const answers = await Promise.all(
        ['/api', '/apis'].map((path) => exchange('GET', path, { accept: DISCOVERY })),
      );
      return answers.flatMap(({ body }) => itemsOf(body.items).flatMap(kindsOfGroup));
    },
    close: () => agent.destroy(),
  };
}

/** The path of a kind's collection, or of one object. */
export function pathOfKind(kind: ServedKind, namespace: string, name?: string): string {
  const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope = kind.namespaced ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${kind.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

function readBody(text: string): ExactObject {
  try {
    return parseExactJson(text) as ExactObject;
  } catch {
    return { message: text };
  }
}

function itemsOf(value: ExactValue | undefined): readonly ExactValue[] {
  return Array.isArray(value) ? (value as readonly ExactValue[]) : [];
}

function kindsOfGroup(item: ExactValue): ServedKind[] {
  const group = String(exactAt(item, 'metadata', 'name') ?? '');
  const seen = new Set<string>();
  return itemsOf(exactAt(item, 'versions')).flatMap((version) =>
    itemsOf(exactAt(version, 'resources')).flatMap((resource) => {
      const plural = String(exactAt(resource, 'resource'));
      if (seen.has(plural)) return [];
      seen.add(plural);
      const named = String(exactAt(version, 'version'));
      return [
        {
          apiVersion: group === '' ? named : `${group}/${named}`,
          kind: String(exactAt(resource, 'responseKind', 'kind')),
          plural,
          namespaced: exactAt(resource, 'scope') === 'Namespaced',
          verbs: itemsOf(exactAt(resource, 'verbs')).map(String),
          hasStatusSubresource: itemsOf(exactAt(resource, 'subresources')).some(
            (each) => exactAt(each, 'subresource') === 'status',
          ),
        },
      ];
    }),
  );
}
