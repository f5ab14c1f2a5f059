/**
 * Makes `e2e/every-field` anew: objects that together have every field which the API server lets them have
 * (`objects.jsonl`), and the fields that no object has, with what it said last (`left.json`). An argument is a pattern
 * of the kinds that are tried, such as `v1 Pod$`; what is known of the others stays.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { groupOf } from '../src/kube/object.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import { type Fixture, readFixtures } from '../src/testing/round-trip/cases.ts';
import { exactJson } from '../src/testing/round-trip/grow-object.ts';
import { readSchemas } from '../src/testing/round-trip/openapi.ts';
import { openRawApi, pathOfKind } from '../src/testing/round-trip/raw-api.ts';
import { Candidates } from './cover-fields/candidates.ts';
import { type Ask, type Covered, coverKind, shortRefusal } from './cover-fields/cover-kind.ts';
import { hasPods, podBases } from './cover-fields/pod-bases.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'e2e', 'round-trip');
const target = join(root, 'e2e', 'every-field');
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
  const candidates = new Candidates(schemas);
  const byKind = new Map<string, Fixture[]>();
  for (const fixture of fixtures) {
    const key = `${fixture.apiVersion} ${fixture.kind}`;
    byKind.set(key, [...(byKind.get(key) ?? []), fixture]);
  }
  const results = new Map<string, Covered>();
  let requests = 0;
  const cover = async (key: string) => {
    const given = byKind.get(key) as Fixture[];
    const kind = served.find((each) => `${each.apiVersion} ${each.kind}` === key);
    const schema = schemas.kinds.get(key);
    if (kind === undefined || schema === undefined) throw new Error(`${key} is not served`);
    const path = `${pathOfKind(kind, given[0]?.namespace ?? '')}?dryRun=All&fieldValidation=Strict`;
    const ask: Ask = async (object) => {
      requests += 1;
      const { status, body } = await api.send('POST', path, exactJson(object));
      return status < 300 ? { made: body } : { refusal: shortRefusal(body) };
    };
    const begun = performance.now();
    const objects = given.map(({ object }) => object);
    const [first = {}] = objects;
    const bases = hasPods(first) ? [...podBases(first), ...objects] : objects;
    const result = await coverKind(ask, schemas, schema, candidates, objects, bases);
    results.set(key, result);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(
      `${key}: ${result.fields} fields, ${result.objects.length} objects, ${Object.keys(result.left).length} left, ${seconds} s`,
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
  await mkdir(target, { recursive: true });
  const before = await readBefore();
  const isAnew = (key: string) => results.has(key);
  const lines = [...results].flatMap(([key, { objects }]) =>
    objects.map((object) => ({ key, line: exactJson(object) })),
  );
  const all = [...before.lines.filter(({ key }) => !isAnew(key)), ...lines];
  const objects = all
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ line }) => `${line}\n`);
  await writeFile(join(target, 'objects.jsonl'), objects.join(''));
  const left = [
    ...Object.entries(before.left).filter(([key]) => !isAnew(key)),
    ...[...results].map(([key, { left: of }]) => [key, of] as const),
  ];
  const named = left.filter(([, of]) => Object.keys(of).length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(join(target, 'left.json'), `${JSON.stringify(Object.fromEntries(named), undefined, 2)}\n`);
  console.log(`${requests} requests, ${objects.length} objects, ${objects.join('').length} bytes`);
} finally {
  api.close();
  await controlPlane.stop();
}

/** What was found earlier: of the kinds that are not tried now, it stays. */
async function readBefore() {
  const read = (name: string) => readFile(join(target, name), 'utf8').catch(() => '');
  const texts = (await read('objects.jsonl')).split('\n').filter(Boolean);
  const lines = texts.map((line) => {
    const { apiVersion, kind } = JSON.parse(line) as { apiVersion: string; kind: string };
    return { key: `${apiVersion} ${kind}`, line };
  });
  const left = JSON.parse((await read('left.json')) || '{}') as Readonly<Record<string, Covered['left']>>;
  return { lines, left };
}
