/**
 * The promise of the files, kind by kind: delete the object, apply the committed file, and it is back, equal in every
 * field that a person can set; captured again, its file has the same bytes; nothing in it was written by a controller.
 *
 * The fixtures (`e2e/round-trip/*.yaml`, one case each) are all made at once on a control plane with its controllers,
 * captured by the operator, deleted, and made again of their files by three readers: `kubectl apply`, a POST of the
 * file to the API server, and server-side apply. Each test then looks at one of them. JSON and YAML are read by
 * parsers that the product does not use for this, and `server-alone.ts` lists what may differ.
 */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Fixture, readFixtures } from '../src/testing/round-trip/cases.ts';
import { type ExactObject, exactAt, parseExactYaml } from '../src/testing/round-trip/exact-value.ts';
import { foreignContent, foundDifferences, lostIntent } from '../src/testing/round-trip/judge.ts';
import { type Played, playRoundTrips } from '../src/testing/round-trip/play.ts';
import { openRawApi, type ServedKind } from '../src/testing/round-trip/raw-api.ts';
import { READERS } from '../src/testing/round-trip/readers.ts';
import { resourcesOf } from '../src/testing/round-trip/select-fixtures.ts';
import { gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';

/** Kinds that can be created and have no fixture, with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'configbutler.ai/v1alpha1 GitRepoConfig': 'one that works is what the other cases are captured with',
  'configbutler.ai/v1alpha1 WatchRule': 'one that works is what the other cases are captured with',
};

const folder = join(import.meta.dirname, 'round-trip');
const together = readFixtures(folder);
/** Those that change what happens to others: defaults for a whole cluster, a group of kinds that nobody serves. */
const apart = readFixtures(join(folder, 'apart'));
const fixtures = [...together, ...apart];
const setup = readFixtures(join(folder, 'setup'));

let served: readonly ServedKind[] = [];
let played: readonly Played[] = [];
await withScenario(async (scenario) => {
  const api = await openRawApi(scenario.controlPlane, 'admin');
  try {
    await prepare(scenario);
    served = await api.kinds();
    played = [
      ...(await playRoundTrips(scenario, api, together)),
      ...(await playRoundTrips(scenario, api, apart)),
    ];
  } finally {
    api.close();
  }
});

/** The namespaces and kinds of the fixtures, and a rule that selects every one of them by its kind and name. */
async function prepare({ apply, kubectl, remote, waitFor }: Scenario): Promise<void> {
  await apply('admin', ...setup.map(({ text }) => text));
  await kubectl('admin', ['wait', '--for=condition=Established', '--timeout=30s', '--all', 'crd']);
  await apply('admin', gitRepoConfig(remote));
  await apply('admin', watchRule('round-trip', { resources: resourcesOf(fixtures) }));
  await waitFor('default watchrule/round-trip');
}

const REFUSED = /illegal base64|decode|do not apply: values are missing/;

for (const each of played) {
  test(`round trip: ${each.fixture.name}`, () => {
    const { fixture, first, again, commits } = each;
    const isSecret = fixture.kind === 'Secret';
    const [file] = parseExactYaml(first.file);
    assert.ok(file, 'the file is YAML');
    if (!isSecret) {
      assert.equal(lostIntent(each, file), [], 'in the file is what the person wrote');
      assert.equal(foreignContent(each, file), [], 'and nothing that a controller wrote');
    }
    for (const reader of READERS) {
      const now = again.get(reader);
      assert.ok(now);
      if (isRedacted(file)) assert.match(now.refusal ?? '', REFUSED, `${reader} refuses it`);
      else assert.is(now.refusal, undefined, `${reader} takes it`);
      assert.equal(foundDifferences(each, now.live), [], `${reader}: the object is as at first`);
      assert.is(now.file, first.file, `${reader}: the file has the same bytes`);
    }
    const what = commits.map((subject) => subject.split(' ')[0]);
    assert.equal(
      what,
      ['[CREATE]', ...READERS.flatMap(() => ['[DELETE]', '[CREATE]'])],
      'and no other commit',
    );
  });
}

/** A redacted Secret is not meant to be applied, nor is one that has no values: a live one could lose them. */
function isRedacted(file: ExactObject): boolean {
  return file.kind === 'Secret' && exactAt(file, 'type') !== 'kubernetes.io/service-account-token';
}

test('round trip: every kind that can be created was played, or has a reason not to be', () => {
  const creatable = served
    .filter(({ verbs }) => verbs.includes('create') && verbs.includes('get') && verbs.includes('delete'))
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  const covered = new Set(
    [...fixtures, ...setup].map(({ apiVersion, kind }: Fixture) => `${apiVersion} ${kind}`),
  );
  assert.equal(
    creatable.filter((kind) => !covered.has(kind) && !(kind in NOT_RUN)),
    [],
  );
  for (const [kind, reason] of Object.entries(NOT_RUN)) console.log(`not run: ${kind}: ${reason}`);
});

test.run();
