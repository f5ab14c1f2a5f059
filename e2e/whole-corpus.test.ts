/**
 * All objects at once, on one control plane with its controllers, captured by one operator: the fixtures of
 * `e2e/round-trip`, objects that the controllers work on (`e2e/whole-corpus`), and hundreds that nobody thought of,
 * grown out of the fixtures by fields of the API server's own OpenAPI schemas (`grow-fixture.ts`), and objects that
 * together have every field of these schemas which the API server lets them have (`e2e/every-field`).
 *
 * Once the controllers have had all of it in their hands, nobody does anything for a while: no commit may come of that.
 * Then the promise of the files is held for each of the grown objects, as `e2e/round-trip.test.ts` does for its
 * fixtures: deleted, and made again of its committed file by a POST to the API server.
 *
 * `GITOPS_REVERSER_QUIET_SECONDS=300` makes the quiet longer. The objects are the same in each run;
 * `GITOPS_REVERSER_SEED=7` makes others, and `GITOPS_REVERSER_GROWTHS=1000` grows each fixture further.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groupOf } from '../src/kube/object.ts';
import { poll } from '../src/testing/poll.ts';
import { type Fixture, fixtureOfObject, readFixtures } from '../src/testing/round-trip/cases.ts';
import { type ExactObject, parseExactJson, parseExactYaml } from '../src/testing/round-trip/exact-value.ts';
import { type GrownFixture, growFixture, mixed, NOT_GROWN } from '../src/testing/round-trip/grow-fixture.ts';
import { exactJson } from '../src/testing/round-trip/grow-object.ts';
import { problemsOf } from '../src/testing/round-trip/judge.ts';
import { readSchemas, type Schemas } from '../src/testing/round-trip/openapi.ts';
import { playRoundTrips } from '../src/testing/round-trip/play.ts';
import { openRawApi, pathOfKind, type RawApi, type ServedKind } from '../src/testing/round-trip/raw-api.ts';
import { resourcesOf } from '../src/testing/round-trip/select-fixtures.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { isCaused } from './whole-corpus/caused.ts';
import { judgeCoverage, readEveryField } from './whole-corpus/every-field.ts';
import { CORPUS_NAMESPACE, corpus, corpusNamespace, worked } from './whole-corpus/worked-objects.ts';

/** How long nobody does anything, in seconds. */
const QUIET_S = Number(process.env.GITOPS_REVERSER_QUIET_SECONDS ?? 60);
/** The controllers have done what they do at once when nothing was committed for so long, in seconds. */
const SETTLED_S = 20;
const SETTLED_MAX_S = 180;
const OBJECTS_MIN = 300;
/** Dry runs for each fixture. */
const tries = Number(process.env.GITOPS_REVERSER_GROWTHS ?? 30);
const seed = Number(process.env.GITOPS_REVERSER_SEED ?? 1);
/** Objects of one fixture that make the whole trip: a larger one contains the smaller ones. */
const TRIPS_MAX = 6;
/** Lines of what is wrong that a failure shows. */
const PROBLEMS_SHOWN = 100;
/** Fixtures that grow at once. */
const PARALLEL = 4;
/** What `*` leaves out, and a rule has to name. */
const LEFT_OUT = /^(Event|Lease|Endpoints|EndpointSlice|IPAddress|Secret)$/;

const folder = join(import.meta.dirname, 'round-trip');
const setup = readFixtures(join(folder, 'setup'));
const fixtures = readFixtures(folder);
/** Those that change what becomes of others come last, and go first. */
const apart = readFixtures(join(folder, 'apart'));
/** The fixtures of Kubernetes' own kinds. */
const builtIn = [...fixtures, ...apart].filter(
  ({ apiVersion }) => !groupOf(apiVersion).endsWith('.example.com'),
);
const everyField = readEveryField();
const workedOn = [corpusNamespace, ...corpus].map((object, at) => {
  const text = JSON.stringify(object);
  return fixtureOfObject(`worked ${at}`, parseExactJson(text) as ExactObject, text);
});

/** The objects that nobody thought of. */
async function grow(api: RawApi, served: readonly ServedKind[], schemas: Schemas): Promise<GrownFixture[]> {
  const seeds = builtIn.filter((each) => fixtures.includes(each) && !(each.kind in NOT_GROWN));
  const lanes = Array.from({ length: PARALLEL }, (_, lane) =>
    seeds.filter(({ name }) => mixed(name) % PARALLEL === lane),
  );
  const grown = await Promise.all(
    lanes.map(async (lane) => {
      const ofLane: GrownFixture[] = [];
      for (const fixture of lane) {
        const options = { seed, tries, most: TRIPS_MAX };
        ofLane.push(...(await growFixture(api, schemas, fixture, kindOf(served, fixture), options)));
      }
      return ofLane;
    }),
  );
  return grown.flat();
}

/** Every field of every kind stands in an object that the API server took, or is named with its answer. */
function judgeFields(schemas: Schemas, live: readonly ExactObject[]): void {
  const byKind = new Map(
    builtIn.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, [] as ExactObject[]]),
  );
  for (const object of live) byKind.get(`${String(object.apiVersion)} ${String(object.kind)}`)?.push(object);
  for (const [kind, of] of byKind) {
    const judged = judgeCoverage(schemas, kind, of);
    fields += judged.fields;
    unset.push(...judged.unset);
    coverage.push(...judged.problems);
  }
}

function kindOf(served: readonly ServedKind[], { apiVersion, kind }: Fixture): ServedKind {
  const found = served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (found === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
  return found;
}

/** Create each. What the API server makes of it, or why it refuses it. */
async function create(
  api: RawApi,
  all: readonly Fixture[],
  query = '',
): Promise<readonly (ExactObject | string)[]> {
  const served = await api.kinds();
  const answers = await Promise.all(
    all.map((fixture) => {
      const path = pathOfKind(kindOf(served, fixture), fixture.namespace);
      return api.send('POST', `${path}${query}`, fixture.text, 'application/yaml');
    }),
  );
  return answers.map(({ status, body }) => (status < 300 ? body : String(body.message)));
}

async function mustCreate(api: RawApi, all: readonly Fixture[]): Promise<ExactObject[]> {
  const answers = await create(api, all);
  const refused = answers.flatMap((answer, at) =>
    typeof answer === 'string' ? [`${all[at]?.name}: ${answer}`] : [],
  );
  assert.equal(refused, []);
  return answers as ExactObject[];
}

async function prepare({ apply, kubectl, remote, waitFor }: Scenario): Promise<void> {
  await apply('admin', ...setup.map(({ text }) => text));
  await kubectl('admin', ['wait', '--for=condition=Established', '--timeout=30s', '--all', 'crd']);
  for (const namespace of ['round-trip', 'round-trip-limits'])
    await poll(() => kubectl('admin', ['get', 'sa', 'default', '-n', namespace]).catch(() => undefined));
  await apply(
    'admin',
    gitRepoConfig(remote),
    watchRule('everything', { resources: [{ apiVersion: '*', kind: '*' }] }),
  );
  await waitFor('default watchrule/everything');
}

/** Until what controllers do at once is done, and for some time nothing was committed. */
async function settle({ kubectl, remote }: Scenario): Promise<void> {
  for (const [resource, isWorked] of worked) {
    const look = async () => {
      const text = await kubectl('admin', ['get', resource, '-n', CORPUS_NAMESPACE, '-o', 'json']);
      return isWorked(JSON.parse(text).status ?? {});
    };
    await poll(look, { intervalMs: 200, what: `the controllers' work on ${resource}` });
  }
  let head = '';
  let since = performance.now();
  const isQuiet = async () => {
    const now = await remote.git('rev-parse', 'refs/heads/main');
    if (now !== head) since = performance.now();
    head = now;
    return performance.now() - since >= SETTLED_S * 1_000;
  };
  await poll(isQuiet, {
    intervalMs: 1_000,
    timeoutMs: SETTLED_MAX_S * 1_000,
    what: 'the controllers to settle',
  });
}

interface Quiet {
  /** Commits before it that nobody's request explains. */
  readonly uncaused: readonly string[];
  /** Commits within it. */
  readonly within: readonly string[];
}

async function beQuiet({ apply, commit, subjects }: Scenario): Promise<Quiet> {
  const first = (await subjects()).filter((subject) => !isCaused(subject));
  const mark = async (name: string) => {
    await apply('admin', configMap(CORPUS_NAMESPACE, name, {}));
    await commit(new RegExp(`^\\[CREATE\\] ConfigMap/${name} `));
    return (await subjects()).length;
  };
  const begin = await mark('begin');
  await pause(QUIET_S * 1_000);
  const end = await mark('end');
  return { uncaused: first, within: (await subjects()).slice(begin, end - 1) };
}

/** The rows of the documentation's table: the fields that stand in an object, and the others by why. */
function tableOf(all: number, reasons: readonly string[]): string[] {
  const counts = new Map<string, number>([
    ['set in an object, and back after the round trip', all - reasons.length],
  ]);
  for (const why of [...reasons].sort()) counts.set(why, (counts.get(why) ?? 0) + 1);
  const rows = [...counts].sort(([, one], [, two]) => two - one);
  return rows.map(([what, count]) => `${what}: ${count.toLocaleString('en')}`);
}

let quiet: Quiet | undefined;
const problems: string[] = [];
const coverage: string[] = [];
let fields = 0;
const unset: string[] = [];
let objects = 0;
const kinds = new Set<string>();

await withScenario(async (scenario) => {
  const { apply, controlPlane, kubectl, waitFor } = scenario;
  const api = await openRawApi(controlPlane, 'admin');
  try {
    await prepare(scenario);
    const served = await api.kinds();
    const schemas = await readSchemas(api, new Set(builtIn.map(({ apiVersion }) => apiVersion)));
    const grown = await grow(api, served, schemas);
    const named = [...fixtures, ...grown.map(({ fixture }) => fixture), ...everyField].filter(({ kind }) =>
      LEFT_OUT.test(kind),
    );
    await apply('admin', watchRule('named', { resources: resourcesOf(named) }));
    await waitFor('default watchrule/named');
    await mustCreate(api, workedOn.slice(0, 1));
    const live = await mustCreate(api, [...fixtures, ...workedOn.slice(1)]);
    const offers = await create(api, everyField, '?dryRun=All');
    live.push(...(await mustCreate(api, everyField)));
    const answers = await create(
      api,
      grown.map(({ fixture }) => fixture),
    );
    const all = [
      ...everyField.map((fixture, at) => ({ fixture, offered: offers[at] as ExactObject })),
      ...grown.filter((_, at) => typeof answers[at] !== 'string'),
    ];
    const made = all.filter(
      ({ fixture }) => !(fixture.kind in NOT_GROWN) || fixture.kind === 'CustomResourceDefinition',
    );
    live.push(...(await mustCreate(api, apart)));
    judgeFields(schemas, live);
    await settle(scenario);
    quiet = await beQuiet(scenario);
    await kubectl('admin', ['delete', '-f', join(folder, 'apart')]);

    const played = await playRoundTrips(
      scenario,
      api,
      made.map(({ fixture }) => fixture),
      { readers: ['POST to the API server'], make: async () => made.map(({ offered }) => offered) },
    );
    for (const each of played) {
      const [file = {}] = parseExactYaml(each.first.file);
      problems.push(...problemsOf(each, file));
      kinds.add(each.fixture.kind);
    }
    objects = new Set(made.map(({ fixture }) => exactJson(fixture.object))).size;
  } finally {
    api.close();
  }
});

test('whole corpus: what is committed follows from what a person did', () =>
  assert.equal(quiet?.uncaused, []));

test(`whole corpus: the controllers alone cause no commit in ${QUIET_S} s`, () =>
  assert.equal(quiet?.within, []));

test(`whole corpus: objects of the API server's own schemas come back as they were (seed ${seed})`, () => {
  console.log(`${objects} distinct objects of ${kinds.size} kinds`);
  for (const [kind, reason] of Object.entries(NOT_GROWN)) console.log(`not grown: ${kind}: ${reason}`);
  assert.is(problems.length, 0, problems.slice(0, PROBLEMS_SHOWN).join('\n'));
  assert.ok(objects >= OBJECTS_MIN, `${objects} objects`);
});

test('whole corpus: every field of every kind is set in some object, or named with why it cannot be', () => {
  console.log(`${fields} fields, ${unset.length} of them not set in any object: e2e/every-field/left.json`);
  assert.equal(coverage.slice(0, PROBLEMS_SHOWN), []);
});

test('whole corpus: the documentation counts the fields right', async () => {
  const text = await readFile(join(import.meta.dirname, '..', 'docs', 'sanitizing.md'), 'utf8');
  const told = [...text.matchAll(/^\| (.+) \| ([\d,]+) \|$/gm)].map(([, what, count]) => `${what}: ${count}`);
  assert.equal(told, tableOf(fields, unset));
});

test.run();
