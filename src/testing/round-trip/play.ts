import type { Scenario } from '../scenario.ts';
import type { Fixture } from './cases.ts';
import { deleteAll } from './delete-all.ts';
import { differences } from './differences.ts';
import type { ExactObject } from './exact-value.ts';
import { type Ground, makeGround } from './ground.ts';
import type { RawApi, ServedKind } from './raw-api.ts';
import { kubectlApply, READERS, type Reader, readFiles } from './readers.ts';
import { isServerAlone } from './server-alone.ts';
import { isSettled, settled } from './settled.ts';

/** An object as the API server holds it, and its file in Git. */
export interface Captured {
  readonly live: ExactObject;
  readonly file: string;
}

/** After a reader made it again of its file; `refusal`: why it would not, and the fixture was applied instead. */
export interface Reread extends Captured {
  readonly refusal?: string;
}

/** What became of a fixture. */
export interface Played {
  readonly fixture: Fixture;
  readonly hasStatusSubresource: boolean;
  /** What the API server makes of the fixture, before any controller sees it (a dry run). */
  readonly offered: ExactObject;
  readonly first: Captured;
  readonly again: ReadonlyMap<Reader, Reread>;
  /** Subjects of the commits that changed the file, oldest first, without their users. */
  readonly commits: readonly string[];
}

export interface PlayOptions {
  /** Who makes the objects again. Default: each of `READERS`. */
  readonly readers?: readonly Reader[];
  /**
   * Makes the objects, returns what the API server makes of each before any controller sees it, and resolves when the
   * controllers have done what they do at once. Default: dry runs and one `kubectl apply`.
   */
  readonly make?: (ground: Ground) => Promise<readonly ExactObject[]>;
}

/**
 * Play the promise with all fixtures at once: make them, take their files, delete them, make them again of the files,
 * once with each reader. The rules of the scenario have to select every fixture before.
 */
export async function playRoundTrips(
  scenario: Scenario,
  api: RawApi,
  fixtures: readonly Fixture[],
  { readers = READERS, make = offerAndApply }: PlayOptions = {},
): Promise<Played[]> {
  const ground = await makeGround(scenario, api, fixtures);
  const offers = await make(ground);
  const first = await captureAll(ground);
  const files = first.map(({ file }) => file);

  const again = fixtures.map(() => new Map<Reader, Reread>());
  for (const reader of readers) {
    await deleteAll(ground);
    const refusals = await readFiles(reader, ground, files);
    await settled(ground, (fixture, at) => isLike(first[at]?.live ?? {}, ground.kindOf(fixture)));
    for (const [at, captured] of (await captureAll(ground)).entries()) {
      const refusal = refusals[at];
      again[at]?.set(reader, refusal === undefined ? captured : { ...captured, refusal });
    }
  }

  const commits = await commitsByPath(scenario);
  return fixtures.map((fixture, at) => ({
    fixture,
    hasStatusSubresource: ground.kindOf(fixture).hasStatusSubresource,
    offered: offers[at] ?? {},
    first: first[at] as Captured,
    again: again[at] as Map<Reader, Reread>,
    commits: commits.get(fixture.path) ?? [],
  }));
}

async function offerAndApply(ground: Ground): Promise<readonly ExactObject[]> {
  const offers = await offer(ground);
  await kubectlApply(
    ground.scenario,
    ground.fixtures.map(({ text }) => text),
  );
  await settled(ground, (fixture) => isSettled(fixture));
  return offers;
}

/** What the API server makes of each fixture. Throws an error that names those that it refuses. */
async function offer({ api, fixtures, collection }: Ground): Promise<ExactObject[]> {
  const answers = await Promise.all(
    fixtures.map((fixture) =>
      api.send('POST', `${collection(fixture)}?dryRun=All`, fixture.text, 'application/yaml'),
    ),
  );
  const refused = answers.flatMap(({ status, body }, at) =>
    status < 300 ? [] : [`${fixtures[at]?.name}: ${String(body.message)}`],
  );
  if (refused.length > 0) throw new Error(`Fixtures that the API server refuses:\n${refused.join('\n')}`);
  return answers.map(({ body }) => body);
}

/** Tells of an object whether it is as at first, as far as the server alone does not decide. */
function isLike(first: ExactObject, { hasStatusSubresource }: ServedKind): (live: ExactObject) => boolean {
  return (live) =>
    differences(first, live).every((difference) => isServerAlone(difference, first, hasStatusSubresource));
}

async function captureAll({ scenario: { remote }, fixtures, live }: Ground): Promise<Captured[]> {
  const files = await remote.readAll(
    'main',
    fixtures.map(({ path }) => path),
  );
  return Promise.all(
    fixtures.map(async (fixture, at) => ({ live: await live(fixture), file: files[at] ?? '' })),
  );
}

/** Subjects of the commits that changed each path, oldest first, without their users. */
async function commitsByPath({ remote }: Scenario): Promise<Map<string, string[]>> {
  const log = await remote.git('log', '--reverse', '--name-only', '--format=%x1e%s', 'refs/heads/main');
  const byPath = new Map<string, string[]>();
  for (const record of log.split('\x1e')) {
    const [subject = '', ...paths] = record.split('\n').filter(Boolean);
    for (const path of paths)
      byPath.set(path, [...(byPath.get(path) ?? []), subject.replace(/ by user.*/, '')]);
  }
  return byPath;
}
