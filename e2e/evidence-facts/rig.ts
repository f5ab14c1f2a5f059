import { once, setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/clock.ts';
import type { Attribution } from '../../src/identify/attribution.ts';
import type { Evidence } from '../../src/identify/evidence.ts';
import { EvidenceStore } from '../../src/identify/evidence-store.ts';
import { evidenceOf, type IgnoredReason } from '../../src/identify/review.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { openConnection } from '../../src/kube/connection.ts';
import { discover } from '../../src/kube/discovery.ts';
import { type JsonObject, parseJson } from '../../src/kube/json.ts';
import { listObjects } from '../../src/kube/list.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { type ApiResource, restPath } from '../../src/kube/resource.ts';
import { watchObjects } from '../../src/kube/watch.ts';
import { operationOf } from '../../src/pipeline/observe.ts';
import { digestOf } from '../../src/sanitize/digest.ts';
import { sanitize } from '../../src/sanitize/sanitize.ts';
import { searchableText } from '../../src/testing/leaks/kept-log.ts';
import { startSearchedControlPlane } from '../../src/testing/leaks/searched-control-plane.ts';
import { poll } from '../../src/testing/poll.ts';
import { makeTestCertificates } from '../../src/testing/test-certificates.ts';

export interface Change {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly object: KubeObject;
  readonly attribution: Attribution;
}

export interface Review {
  readonly operation: string;
  readonly resource: string;
  readonly user: string;
  readonly evidence: Evidence | { readonly ignored: IgnoredReason };
}

/** A control plane, a webhook that records and one that refuses, and a watch of every resource. */
export async function givenRig() {
  const plane = await startSearchedControlPlane();
  const certificates = await makeTestCertificates();
  const connection = await openConnection(plane.kubeconfig('admin'));
  const admin = new KubeClient(connection);
  const store = new EvidenceStore(systemClock);
  const reviews: Review[] = [];
  const changes: Change[] = [];
  plane.alsoSearch('the evidence', () => searchableText(reviews));
  plane.alsoSearch('the attributions', () => searchableText(changes.map(({ attribution }) => attribution)));
  const server = https.createServer(
    { cert: certificates.cert, key: certificates.key },
    (request, response) => {
      void answer(request).then((body) => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(body));
      });
    },
  );
  const answer = async (message: IncomingMessage) => {
    const review = parseJson(await textOf(message)) as { request: JsonObject };
    const { request } = review;
    let allowed = true;
    if (message.url?.startsWith('/record')) {
      const evidence = evidenceOf(request, Date.now());
      if ('kind' in evidence) store.record(evidence);
      const { resource, subResource } = request as { resource: { resource: string }; subResource?: string };
      reviews.push({
        operation: String(request.operation),
        resource: subResource === undefined ? resource.resource : `${resource.resource}/${subResource}`,
        user: (request.userInfo as { username: string }).username,
        evidence,
      });
    } else {
      const { username } = request.userInfo as { username: string };
      allowed = !username.startsWith('refused-');
    }
    const response = { uid: request.uid, allowed };
    return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const abort = new AbortController();
  // One watch for each resource.
  setMaxListeners(0, abort.signal);
  const watches: Promise<void>[] = [];

  /** Follow a resource as the pipeline does, and attribute each change. */
  const follow = async (resource: ApiResource) => {
    interface Known {
      resourceVersion: string;
      digest: string;
      deleting: boolean;
      changedAtMs: number;
    }
    const states = new Map<string, Known>();
    const stateOf = (object: KubeObject): Known => ({
      resourceVersion: object.metadata.resourceVersion,
      digest: digestOf(sanitize(object)),
      deleting: object.metadata.deletionTimestamp !== undefined,
      changedAtMs: 0,
    });
    const version = await listObjects(admin, resource, (object) => {
      states.set(object.metadata.uid, stateOf(object));
    });
    const handle = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => {
      const { uid } = object.metadata;
      const known = states.get(uid);
      const operation = operationOf({ resource, type, object, seenAtMs: Date.now() }, known);
      const state = stateOf(object);
      if (type === 'DELETED') states.delete(uid);
      else states.set(uid, state);
      if (type === 'DELETED' && resource.kind === 'Namespace') store.namespaceGone(object);
      if (operation === undefined || (operation === 'UPDATE' && known?.digest === state.digest)) return;
      const previous = known === undefined ? {} : { previousVersion: known.resourceVersion };
      const attribution = store.attribute({ operation, object, ...previous });
      changes.push({ operation, object, attribution });
    };
    watches.push(
      (async () => {
        try {
          for await (const event of watchObjects(admin, resource, version, { signal: abort.signal }))
            if (event.type !== 'BOOKMARK') handle(event.type, event.object);
        } catch (error) {
          if (!abort.signal.aborted) throw error;
        }
      })(),
    );
  };
  const rule = { operations: ['CREATE', 'UPDATE', 'DELETE'], scope: '*' };
  const everything = { ...rule, apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
  const autoscalers = {
    ...rule,
    apiGroups: ['autoscaling'],
    apiVersions: ['v2'],
    resources: ['horizontalpodautoscalers'],
  };
  const webhook = (name: string, path: string, rules: JsonObject, condition?: string) => ({
    name,
    clientConfig: { url: `${url}${path}`, caBundle: Buffer.from(certificates.ca).toString('base64') },
    rules: [rules],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 10,
    ...(condition === undefined ? {} : { matchConditions: [{ name: 'only', expression: condition }] }),
  });
  await admin.request('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    body: {
      metadata: { name: 'evidence' },
      webhooks: [
        webhook(
          'all.example.com',
          '/record',
          everything,
          "request.resource.resource != 'horizontalpodautoscalers'",
        ),
        webhook('one-version.example.com', '/record', autoscalers),
        webhook(
          'refuse.example.com',
          '/refuse',
          everything,
          "request.userInfo.username.startsWith('refused-')",
        ),
      ],
    },
  });
  /** A client that acts as this user, who may everything. */
  const as = (user: string, ...groups: string[]): KubeClient =>
    new KubeClient({
      ...connection,
      headers: async () => ({
        ...(await connection.headers()),
        'Impersonate-User': user,
        // One header holds one group here; it has to be the one that may everything.
        'Impersonate-Group': groups[0] ?? 'system:masters',
      }),
    });
  // The API server needs a moment to pick the webhook up.
  await poll(
    async () => {
      await admin.request('POST', '/api/v1/namespaces/default/configmaps', {
        query: { dryRun: 'All' },
        body: { metadata: { name: 'probe' } },
      });
      return reviews.length > 0;
    },
    { what: 'the webhook to be called' },
  );
  const resourceOf = new Map<string, ApiResource>();
  const followAll = async () => {
    const { resources } = await discover(admin);
    for (const resource of resources) {
      if (!resource.preferred || ['Event', 'Lease'].includes(resource.kind)) continue;
      if (resourceOf.has(resource.kind)) continue;
      resourceOf.set(resource.kind, resource);
      await follow(resource);
    }
  };
  await followAll();
  const at = (kind: string, namespace?: string, name?: string, subresource?: string) => {
    const resource = resourceOf.get(kind);
    if (resource === undefined) throw new Error(`No resource ${kind}`);
    return restPath(resource, {
      ...(namespace !== undefined && resource.namespaced ? { namespace } : {}),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    });
  };
  const of = (kind: string, name: string) =>
    changes.filter(({ object }) => object.kind === kind && object.metadata.name === name);
  return {
    admin,
    plane,
    reviews,
    changes,
    store,
    as,
    at,
    of,
    followAll,
    has: (kind: string) => resourceOf.has(kind),
    namespace: (name: string, user = 'maker') =>
      as(user).request('POST', '/api/v1/namespaces', { body: { metadata: { name } } }),
    /** What was told of one object, when there are that many changes: `UPDATE alice`. */
    told: async (kind: string, name: string, count: number) => {
      const enough = () => of(kind, name).length >= count;
      await poll(enough, { what: `${count} changes of ${kind}/${name}`, timeoutMs: 20_000 }).catch(() => {});
      return of(kind, name).map(tell);
    },
    async stop() {
      abort.abort();
      await Promise.all(watches);
      server.close();
      server.closeAllConnections();
      connection.agent.destroy();
      await plane.stop();
    },
  };
}

export type Rig = Awaited<ReturnType<typeof givenRig>>;

export function tell({ operation, attribution }: Change): string {
  if (attribution.kind === 'unknown') return `${operation} ? ${attribution.reason}`;
  const via = attribution.via === undefined ? '' : ` via ${attribution.via.split(':').at(-1)}`;
  return `${operation} ${attribution.name}${via}`;
}

export async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export async function refused(promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.ok(error !== undefined, 'the request should have been refused');
}
