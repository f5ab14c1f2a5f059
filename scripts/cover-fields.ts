/**
 * Makes `e2e/every-field` anew: objects that together have every field which the API server lets them have
 * (`objects.jsonl`), and the fields that no object has, with what it said last (`left.json`). An argument is a pattern
 * of the kinds that are tried, such as `v1 Pod$`; what is known of the others stays.
 */
import { join } from 'node:path';
import { groupOf } from '../src/kube/object.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import { type Fixture, readFixtures } from '../src/testing/round-trip/cases.ts';
import { type ExactObject, exactAt } from '../src/testing/round-trip/exact-value.ts';
import { exactJson } from '../src/testing/round-trip/grow-object.ts';
import { readSchemas } from '../src/testing/round-trip/openapi.ts';
import { openRawApi, pathOfKind } from '../src/testing/round-trip/raw-api.ts';
import { basesOf, notKept, readyOf } from './cover-fields/bases.ts';
import { Candidates } from './cover-fields/candidates.ts';
import { type Ask, coverKind, shortRefusal } from './cover-fields/cover-kind.ts';
import { Found } from './cover-fields/found.ts';
import { reasonOf } from './cover-fields/reasons.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'e2e', 'round-trip');
/** Kinds at once. */
const PARALLEL = 6;
const [only] = process.argv.slice(2);

const fixtures = [...readFixtures(folder), ...readFixtures(join(folder, 'apart'))].filter(
  ({ apiVersion }) => !groupOf(apiVersion).endsWith('.example.com'),
);
const controlPlane = await startControlPlane({ controllerManager: false });
const api = await openRawApi(controlPlane, 'admin');
try {
  for (const { text } of readFixtures(join(folder, 'setup')).filter(({ kind }) => kind === 'Namespace'))
    await api.send('POST', '/api/v1/namespaces', text, 'application/yaml');
  const account = JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  for (const namespace of ['round-trip', 'round-trip-limits'])
    await api.send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, account);
  for (const { text } of fixtures.filter(({ kind }) => kind === 'RuntimeClass'))
    await api.send('POST', '/apis/node.k8s.io/v1/runtimeclasses', text, 'application/yaml');
  const served = await api.kinds();
  const schemas = await readSchemas(api, new Set(fixtures.map(({ apiVersion }) => apiVersion)));
  const learned = new Candidates(schemas);
  const byKind = new Map<string, Fixture[]>();
  for (const fixture of fixtures) {
    const key = `${fixture.apiVersion} ${fixture.kind}`;
    byKind.set(key, [...(byKind.get(key) ?? []), fixture]);
  }
  const found = new Found(join(root, 'e2e', 'every-field'));
  const cover = async (key: string) => {
    const given = byKind.get(key) as Fixture[];
    const kind = served.find((each) => `${each.apiVersion} ${each.kind}` === key);
    const schema = schemas.kinds.get(key);
    if (kind === undefined || schema === undefined) throw new Error(`${key} is not served`);
    let requests = 0;
    const ask: Ask = async (object) => {
      const lost = notKept(object);
      if (lost !== undefined) return { refusal: lost };
      requests += 1;
      const path = pathOfKind(kind, String(exactAt(object, 'metadata', 'namespace') ?? ''));
      const query = '?dryRun=All&fieldValidation=Strict';
      const send = () => api.send('POST', `${path}${query}`, exactJson(object));
      // A connection that was idle may be gone by then; and some objects make the API server panic.
      const { status, body } = await send()
        .catch(send)
        .catch((error: Error) => ({ status: 500, body: { message: `no answer: ${error.message}` } }));
      return status < 300 ? { made: body } : { refusal: shortRefusal(body) };
    };
    const begun = performance.now();
    // Pods that together have every field that they can have: what has Pods as well begins with them.
    const isPod = key === 'v1 Pod';
    const podFixtures = (byKind.get('v1 Pod') ?? []).map(({ object }) => object);
    const candidates = isPod ? learned : learned.copy();
    const objects = given.map(({ object }) => underAnotherName(object));
    const result = await coverKind(
      ask,
      schemas,
      schema,
      candidates,
      objects,
      isPod ? [] : readyOf(objects, [...found.objectsOf('v1 Pod'), ...podFixtures]),
      basesOf(objects),
      (field, said) => reasonOf(key, field, said) !== undefined,
    );
    found.take(key, result);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    for (const refusal of result.refusedBases) console.log(`${key}: a base is refused: ${refusal}`);
    console.log(
      `${key}: ${result.fields} fields, ${result.objects.length} objects, ${Object.keys(result.left).length} left; ${requests} requests, ${seconds} s`,
    );
  };
  const keys = [...byKind.keys()].filter((key) => only === undefined || new RegExp(only).test(key));
  // What a Pod takes, its templates take as well.
  if (keys.includes('v1 Pod')) await cover('v1 Pod');
  const queue = keys.filter((key) => key !== 'v1 Pod');
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let key = queue.shift(); key !== undefined; key = queue.shift()) await cover(key);
    }),
  );
  for (const line of found.unexplained) {
    console.log(`nobody knows why: ${line}`);
    process.exitCode = 1;
  }
} finally {
  api.close();
  await controlPlane.stop();
}

/** Beside the one that is there: Pods name a RuntimeClass. */
function underAnotherName(object: ExactObject): ExactObject {
  if (object.kind !== 'RuntimeClass') return object;
  return { ...object, metadata: { ...(object.metadata as ExactObject), name: 'rt-other' } };
}
