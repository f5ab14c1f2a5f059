/**
 * The promise of the files, for objects that nobody thought of: they are grown out of the fixtures of
 * `e2e/round-trip`, one field of the API server's own OpenAPI schemas after another, wherever the schema has one that
 * the object has not, and as far as the API server accepts them (it is asked by a dry run).
 *
 * Each object is created, cleaned, rendered, deleted, created again of the file's text, compared with the first, cleaned
 * and rendered again. Cleaning and rendering run in this process: they are the very functions that the operator calls,
 * and pure, and so hundreds of objects take seconds. `e2e/round-trip.test.ts` takes the whole way, through the operator
 * and Git, and with controllers, which do not run here. The API server, and the parsers of this test, are the readers.
 *
 * The objects are the same in each run; `GITOPS_REVERSER_SEED=7` makes others, and `GITOPS_REVERSER_GROWTHS=1000`
 * grows each fixture further.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson } from '../src/kube/json.ts';
import { groupOf, type KubeObject } from '../src/kube/object.ts';
import { renderYaml } from '../src/render/yaml.ts';
import { sanitize } from '../src/sanitize/sanitize.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import { type Fixture, readFixtures } from '../src/testing/round-trip/cases.ts';
import {
  type Difference,
  describe,
  differences,
  missingFrom,
} from '../src/testing/round-trip/differences.ts';
import { type ExactObject, exactAt, parseExactYaml } from '../src/testing/round-trip/exact-value.ts';
import { exactJson, grown, growthsOf } from '../src/testing/round-trip/grow-object.ts';
import { readSchemas, type Schemas } from '../src/testing/round-trip/openapi.ts';
import { openRawApi, pathOfKind, type RawApi, type ServedKind } from '../src/testing/round-trip/raw-api.ts';
import { isServerAlone } from '../src/testing/round-trip/server-alone.ts';

/** Kinds whose fixtures are not grown, with the reason. */
const NOT_GROWN: Readonly<Record<string, string>> = {
  Secret: 'its file is redacted, and not meant to be applied',
  Namespace: 'needs a controller to go away; it has no field that the table lacks',
  CustomResourceDefinition:
    'needs a controller to go away, and each one makes the API server build its schemas anew',
};
/**
 * Fields that would change what becomes of the other objects, and what belongs to a controller that does not run here:
 * the bundle in a webhook whose annotation leaves it to an injector, and the rules of a role that aggregates others.
 */
const NOT_ADDED: Readonly<Record<string, RegExp>> = {
  '': /(^| )(globalDefault|finalizers)$/,
  'cluster-role': /^aggregationRule/,
  'cluster-role-aggregated': /^rules/,
  'validating-webhook-injected': /(^| )(caBundle|clientConfig|webhooks \d+)$/,
};

const OBJECTS_MIN = 300;
/** Dry runs for each fixture. */
const growthsMax = Number(process.env.GITOPS_REVERSER_GROWTHS ?? 30);
const seed = Number(process.env.GITOPS_REVERSER_SEED ?? 1);
/** Objects of one fixture that make the whole trip: a larger one contains the smaller ones. */
const TRIPS_MAX = 6;
/** Lines of what is wrong that a failure shows. */
const PROBLEMS_SHOWN = 100;
/** Fixtures at once. */
const PARALLEL = 4;

interface Grown {
  readonly fixture: Fixture;
  readonly objects: readonly ExactObject[];
  readonly tried: number;
}

/** A fixture and what became of it, as it grows one accepted field at a time. */
async function grow(api: RawApi, schemas: Schemas, fixture: Fixture, kind: ServedKind): Promise<Grown> {
  const schema = schemas.kinds.get(`${fixture.apiVersion} ${fixture.kind}`);
  assert.ok(schema, `a schema of ${fixture.kind}`);
  let object = fixture.object;
  const objects = [object];
  for (let tried = 0; tried < growthsMax; tried += 1) {
    const draw = mixed(seed, fixture.name, tried);
    const growths = growthsOf(schemas, schema, object).filter(
      ({ path }) => ![NOT_ADDED[''], NOT_ADDED[fixture.name]].some((names) => names?.test(path.join(' '))),
    );
    const growth = growths[draw % growths.length];
    if (growth === undefined) break;
    const larger = grown(schemas, object, growth, draw);
    const answer = await api.send(
      'POST',
      `${pathOfKind(kind, fixture.namespace)}?dryRun=All&fieldValidation=Strict`,
      exactJson(larger),
    );
    if (answer.status >= 300) continue;
    object = larger;
    objects.push(object);
  }
  const every = Math.max(1, Math.ceil(objects.length / TRIPS_MAX));
  return { fixture, objects: objects.reverse().filter((_, at) => at % every === 0), tried: growthsMax };
}

/**
 * What is wrong with the object's round trip: one line each; undefined when the API server refuses the object after
 * all (a dry run allocates nothing).
 */
async function trip(
  api: RawApi,
  kind: ServedKind,
  fixture: Fixture,
  object: ExactObject,
): Promise<string[] | undefined> {
  const collection = pathOfKind(kind, fixture.namespace);
  const { status, body: first } = await api.send('POST', collection, exactJson(object));
  if (status >= 300) return undefined;
  await remove(api, kind, fixture);
  const text = fileOf(first);
  const [file = {}] = parseExactYaml(text);
  const answer = await api.send('POST', collection, exactJson(file));
  if (answer.status >= 300) return [`refused: ${String(answer.body.message)}:\n${text}`];
  const second = answer.body;
  await remove(api, kind, fixture);
  const isAlone = (difference: Difference) => isServerAlone(difference, first, kind.hasStatusSubresource);
  const isLost = new Set(missingFrom(first, object).map(({ path }) => path.join(' ')));
  return [
    // What the comparison below passes over must be in the file where a person set it.
    ...missingFrom(file, object)
      .filter((difference) => isAlone(difference) && !isLost.has(difference.path.join(' ')))
      .map((difference) => `not in the file: ${describe(difference)}`),
    ...differences(first, second)
      .filter((difference) => !isAlone(difference))
      .map((difference) => `another object: ${describe(difference)}`),
    ...(fileOf(second) === text ? [] : [`another file:\n${text}---\n${fileOf(second)}`]),
  ];
}

/** Delete it; finalizers that wait for a controller go by hand. */
async function remove(api: RawApi, kind: ServedKind, { namespace, objectName }: Fixture): Promise<void> {
  const path = pathOfKind(kind, namespace, objectName);
  const options = JSON.stringify({ gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  const { body } = await api.send('DELETE', path, options);
  if (exactAt(body, 'metadata', 'finalizers') === undefined) return;
  const merge = 'application/merge-patch+json';
  await api.send('PATCH', path, JSON.stringify({ metadata: { finalizers: null } }), merge);
}

/** What the operator writes: cleaned and rendered by its own functions, of JSON that its own parser read. */
function fileOf(live: ExactObject): string {
  return renderYaml(sanitize(parseJson(exactJson(live)) as unknown as KubeObject));
}

/** A number out of the seed, the fixture and the step: FNV-1a. */
function mixed(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.join(' ')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash >>> 1;
}

test(`sanitize, render: objects of the API server's own schemas come back as they were (seed ${seed})`, async () => {
  const controlPlane = await startControlPlane({ controllerManager: false });
  const api = await openRawApi(controlPlane, 'admin');
  try {
    const folder = join(import.meta.dirname, 'round-trip');
    for (const { text } of readFixtures(join(folder, 'setup')).filter(({ kind }) => kind === 'Namespace'))
      await api.send('POST', '/api/v1/namespaces', text, 'application/yaml');
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    for (const namespace of ['round-trip', 'round-trip-limits'])
      await api.send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, JSON.stringify(account));
    const served = await api.kinds();
    const isOwn = ({ apiVersion }: Fixture) => !groupOf(apiVersion).endsWith('.example.com');
    const fixtures = readFixtures(folder).filter((each) => isOwn(each) && !(each.kind in NOT_GROWN));
    const schemas = await readSchemas(api, new Set(fixtures.map(({ apiVersion }) => apiVersion)));
    const problems: string[] = [];
    const distinct = new Set<string>();
    const kinds = new Set<string>();
    let tried = 0;
    // Kind by kind: two fixtures of a kind may want the same address or port.
    const lanes = Array.from({ length: PARALLEL }, (_, lane) =>
      fixtures.filter(({ kind }) => mixed(kind) % PARALLEL === lane),
    );
    await Promise.all(
      lanes.map(async (lane) => {
        for (const fixture of lane) {
          const kind = served.find(
            (each) => each.apiVersion === fixture.apiVersion && each.kind === fixture.kind,
          );
          assert.ok(kind, fixture.kind);
          const result = await grow(api, schemas, fixture, kind);
          tried += result.tried;
          for (const object of result.objects) {
            const found = await trip(api, kind, fixture, object);
            if (found === undefined) continue;
            distinct.add(exactJson(object));
            kinds.add(fixture.kind);
            problems.push(...found.map((problem) => `${fixture.name}: ${problem}`));
          }
        }
      }),
    );
    console.log(`${distinct.size} distinct objects of ${kinds.size} kinds, of ${tried} growths tried`);
    for (const [kind, reason] of Object.entries(NOT_GROWN)) console.log(`not grown: ${kind}: ${reason}`);
    assert.is(problems.length, 0, problems.slice(0, PROBLEMS_SHOWN).join('\n'));
    assert.ok(distinct.size >= OBJECTS_MIN, `${distinct.size} objects`);
  } finally {
    api.close();
    await controlPlane.stop();
  }
});

test.run();
