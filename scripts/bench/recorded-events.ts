import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { CodedError } from '../../src/errors.ts';
import { KubeClient } from '../../src/kube/client.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { ApiResource } from '../../src/kube/resource.ts';
import { textOf } from './writes.ts';

export const CONFIG_MAPS: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  preferred: true,
};

/** What an API server sends for some changes: their reviews, and then the watch's lines in one piece. */
export interface Recorded {
  readonly reviews: readonly string[];
  readonly chunk: Buffer;
}

export interface RecordingOptions {
  /** ConfigMaps that exist when the recording begins. */
  readonly objects: number;
  readonly namespaces: number;
  /** Updates of them, in turn. */
  readonly updates: number;
}

const USERS = ['alice@example.com', 'bob@example.com'] as const;
const VALUE_BYTES = 700;
/** Changes whose lines the kernel hands over at once, under load. */
const CHANGES_PER_CHUNK = 20;
const TIME = '2026-11-21T05:00:00Z';

export const namespaceOf = (at: number, namespaces: number) => `ns-${at % namespaces}`;

/** A ConfigMap of about 1 KB as the API server stores it, with its managedFields. */
export function storedConfigMap(at: number, version: number, { namespaces }: RecordingOptions): JsonObject {
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {
      name: `app-${at}`,
      namespace: namespaceOf(at, namespaces),
      uid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      resourceVersion: String(version),
      creationTimestamp: TIME,
      labels: { app: `app-${at}`, team: 'shop' },
      managedFields: [
        {
          manager: 'kubectl-client-side-apply',
          operation: 'Update',
          apiVersion: 'v1',
          time: TIME,
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:data': { '.': {}, 'f:settings': {} },
            'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:team': {} } },
          },
        },
      ],
    },
    data: { settings: textOf(VALUE_BYTES, `app-${at} ${version}`) },
  };
}

/** Updates of the objects in turn, each by one of two users, as reviews and watch lines. */
export function recordUpdates(options: RecordingOptions): readonly Recorded[] {
  const { objects, updates } = options;
  const versions = Array.from({ length: objects }, (_, at) => at + 1);
  const recorded: Recorded[] = [];
  for (let first = 0; first < updates; first += CHANGES_PER_CHUNK) {
    const reviews: string[] = [];
    const lines: string[] = [];
    for (let change = first; change < Math.min(updates, first + CHANGES_PER_CHUNK); change++) {
      const at = change % objects;
      const before = storedConfigMap(at, versions[at] as number, options);
      const version = objects + change + 1;
      versions[at] = version;
      const object = storedConfigMap(at, version, options);
      reviews.push(reviewOf(before, object, USERS[change % 2] as string));
      lines.push(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
    }
    recorded.push({ reviews, chunk: Buffer.from(lines.join('')) });
  }
  return recorded;
}

function reviewOf(oldObject: JsonObject, object: JsonObject, username: string): string {
  const { name, namespace, resourceVersion } = oldObject.metadata as JsonObject;
  // The API server has not given the new version yet.
  const asked = { ...object, metadata: { ...(object.metadata as JsonObject), resourceVersion } };
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'a5a2b1c0-0000-4000-8000-000000000000',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      name,
      namespace,
      operation: 'UPDATE',
      userInfo: { username, groups: ['system:authenticated'] },
      object: asked,
      oldObject,
      dryRun: false,
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  } as JsonObject);
}

/** In the place of an API server: lists of what exists, and a watch that tells what was recorded once it may. */
export class RecordedClient extends KubeClient {
  readonly #options: RecordingOptions;
  readonly #events: () => AsyncIterable<Buffer>;

  constructor(options: RecordingOptions, events: () => AsyncIterable<Buffer>) {
    super({ server: new URL('https://recorded.invalid'), agent: new Agent(), headers: async () => ({}) });
    this.#options = options;
    this.#events = events;
  }

  override async get(path: string): Promise<JsonObject> {
    const { objects, namespaces } = this.#options;
    const metadata = { resourceVersion: String(objects) };
    if (path === '/api/v1/namespaces') {
      const items = Array.from({ length: namespaces }, (_, at) => ({
        metadata: { name: namespaceOf(at, namespaces), uid: `ns-${at}`, resourceVersion: '1' },
      }));
      return { metadata, items };
    }
    if (path !== '/api/v1/configmaps') throw new CodedError('NotFound', `GET ${path} was not recorded`);
    const items = Array.from({ length: objects }, (_, at) => storedConfigMap(at, at + 1, this.#options));
    return { metadata, items };
  }

  override async stream(
    path: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<IncomingMessage> {
    const chunks = path === '/api/v1/configmaps' ? this.#events()[Symbol.asyncIterator]() : undefined;
    const stream = new Readable({
      highWaterMark: 1,
      read() {
        // Without an end: a watch that has told all it knows stays silent.
        void chunks?.next().then(({ value }) => this.push(value as Buffer));
      },
    });
    signal?.addEventListener('abort', () => stream.destroy(), { once: true });
    return stream as unknown as IncomingMessage;
  }
}
