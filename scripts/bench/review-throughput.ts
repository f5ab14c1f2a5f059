import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import https from 'node:https';
import { join } from 'node:path';
import { EVIDENCE_LIMITS } from '../../src/identify/evidence-limits.ts';
import { makeTestCertificates } from '../../src/testing/test-certificates.ts';
import { percentile } from './percentile.ts';
import type { Usage } from './review-server.ts';
import { number, type Row } from './table.ts';

/** How many reviews of one kind of object one core sustains. */
export interface ReviewThroughput {
  readonly object: string;
  /** Of the object alone; a review of an update holds it twice. */
  readonly objectBytes: number;
  /** As measured, with the load on another core. */
  readonly perSecond: number;
  /** By the processor time that the server used, all of its threads counted. */
  readonly perCoreSecond: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly rssMb: number;
}

const CONNECTIONS = 8;
const WARM_UP_MS = 3_000;

/**
 * Reviews of updates, the dearest, over keep-alive TLS: each of another object, so that the evidence, which nothing
 * claims here, fills the store up to its limit.
 */
export async function measureReviews(seconds: number): Promise<ReviewThroughput[]> {
  const { ca, cert, key } = await makeTestCertificates();
  const results: ReviewThroughput[] = [];
  for (const [object, review] of Object.entries(reviews)) {
    const server = fork(join(import.meta.dirname, 'review-server.ts'), { execArgv: ['--import', 'tsx'] });
    server.send({ certificate: { cert, key } });
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const agent = new https.Agent({ ca, keepAlive: true, maxSockets: CONNECTIONS });
    try {
      const post = (body: string) => send(agent, port, body);
      await load(post, review.of, WARM_UP_MS);
      const before = await usageOf(server);
      const startedAtMs = performance.now();
      const times = await load(post, review.of, seconds * 1_000);
      const tookMs = performance.now() - startedAtMs;
      const after = await usageOf(server);
      const count = after.reviews - before.reviews;
      const kept = Math.min(after.reviews, EVIDENCE_LIMITS.waitingMax);
      if (after.evidence < kept * 0.9) throw new Error(`Only ${after.evidence} reviews left evidence`);
      results.push({
        object,
        objectBytes: review.bytes,
        perSecond: Math.round((count * 1_000) / tookMs),
        perCoreSecond: Math.round((count * 1_000) / (after.cpuMs - before.cpuMs)),
        latencyMs: { p50: percentile(times, 50), p99: percentile(times, 99) },
        rssMb: Math.round(after.rssBytes / 2 ** 20),
      });
    } finally {
      agent.destroy();
      server.disconnect();
    }
  }
  return results;
}

async function usageOf(server: ChildProcess): Promise<Usage> {
  server.send('usage');
  const [usage] = (await once(server, 'message')) as [Usage];
  return usage;
}

async function load(
  post: (body: string) => Promise<void>,
  reviewOf: (uid: string) => string,
  ms: number,
): Promise<number[]> {
  const times: number[] = [];
  const untilMs = performance.now() + ms;
  const run = async () => {
    while (performance.now() < untilMs) {
      const body = reviewOf(crypto.randomUUID());
      const startedAtMs = performance.now();
      await post(body);
      times.push(performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
  return times;
}

function send(agent: https.Agent, port: number, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const request = https.request({ agent, host: '127.0.0.1', port, path: '/who', method: 'POST', headers });
    request.on('error', reject).on('response', (response) => {
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`HTTP ${response.statusCode}`));
      });
      response.resume();
    });
    request.end(body);
  });
}

const UID = '00000000-0000-0000-0000-000000000000';

/** A Deployment with so many environment variables, as the API server stores it: mostly structure. */
function deployment(variables: number, image: string): object {
  const env = Array.from({ length: variables }, (_, at) => ({
    name: `VARIABLE_${at}`,
    value: `value ${at}`,
  }));
  const fields = Object.fromEntries(
    env.map(({ name }) => [`k:{"name":"${name}"}`, { '.': {}, 'f:name': {}, 'f:value': {} }]),
  );
  const container = { 'f:image': {}, 'f:env': { '.': {}, ...fields } };
  const template = { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': container } } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...metadata('app'),
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          apiVersion: 'apps/v1',
          time: '2026-11-21T12:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': template } },
        },
      ],
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: { containers: [{ name: 'app', image, env, resources: {} }] },
      },
    },
    status: { observedGeneration: 3, replicas: 2, readyReplicas: 2 },
  };
}

/** A ConfigMap of some large texts. */
function configMap(bytes: number, first: string): object {
  const line = 'server { listen 80; location / { proxy_pass "http://backend"; } }\n';
  const text = line.repeat(Math.ceil(bytes / 10 / line.length));
  const data = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`file-${at}.conf`, text]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('app'), data: { first, ...data } };
}

function metadata(name: string): object {
  return { name, namespace: 'shop', uid: UID, resourceVersion: '1234567', generation: 3 };
}

/** A review of an update from one object to another, with a place for the object's uid. */
function updateReview(group: string, kind: string, oldObject: object, object: object) {
  const review = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'review',
      kind: { group, version: 'v1', kind },
      resource: { group, version: 'v1', resource: `${kind.toLowerCase()}s` },
      name: 'app',
      namespace: 'shop',
      operation: 'UPDATE',
      userInfo: { username: 'ann@example.com', groups: ['developers', 'system:authenticated'] },
      object,
      oldObject,
      dryRun: false,
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
  const parts = review.split(UID);
  return { bytes: JSON.stringify(object).length, of: (uid: string) => parts.join(uid) };
}

const deploymentReview = (variables: number) =>
  updateReview('apps', 'Deployment', deployment(variables, 'app:1'), deployment(variables, 'app:2'));

const reviews = {
  'ConfigMap of 1 KB': updateReview('', 'ConfigMap', configMap(500, '1'), configMap(500, '2')),
  'Deployment of 5 KB': deploymentReview(40),
  'Deployment of 100 KB': deploymentReview(905),
  'ConfigMap of 100 KB': updateReview('', 'ConfigMap', configMap(100_000, '1'), configMap(100_000, '2')),
};

/** The throughputs as a table. */
export function reviewRows(results: readonly ReviewThroughput[]): readonly Row[] {
  return results.map(({ object, perCoreSecond, latencyMs, rssMb }) => ({
    what: `${object}: reviews per second of one core`,
    figure: `${number(perCoreSecond)}; p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms; ${rssMb} MB`,
  }));
}
