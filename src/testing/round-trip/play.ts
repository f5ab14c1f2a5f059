import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../poll.ts';
import type { Scenario } from '../scenario.ts';
import { makeTempDir } from '../temp-dir.ts';
import type { Fixture } from './cases.ts';
import { describe, differences, missingFrom } from './differences.ts';
import { type ExactObject, exactAt, isExactObject } from './exact-value.ts';
import { pathOfKind, type RawApi, type ServedKind } from './raw-api.ts';
import { isServerAlone } from './server-alone.ts';

/** Who reads the committed file and makes the object of it. */
export const READERS = ['kubectl apply', 'POST to the API server', 'server-side apply'] as const;
export type Reader = (typeof READERS)[number];

/** An object as the API server holds it, and its file in Git. */
export interface Captured {
  readonly live: ExactObject;
  readonly file: string;
}

/** What became of a fixture. */
export interface Played {
  readonly fixture: Fixture;
  readonly hasStatusSubresource: boolean;
  /** What the API server makes of the fixture, before any controller sees it (a dry run). */
  readonly offered: ExactObject;
  readonly first: Captured;
  /** After each reader; `refusal` is what a reader's file was refused with, and the fixture was applied instead. */
  readonly again: ReadonlyMap<Reader, Captured & { readonly refusal?: string }>;
  /** Subjects of the commits that changed the file, oldest first, without their users. */
  readonly commits: readonly string[];
}

const SETTLED_MS = 30_000;
const MANAGER = 'round-trip';

/**
 * Play the promise with all fixtures at once: make them, take their files, delete them, make them again of the files,
 * once with each reader. The rules of the scenario have to select every fixture before.
 */
export async function playRoundTrips(
  scenario: Scenario,
  api: RawApi,
  fixtures: readonly Fixture[],
): Promise<Played[]> {
  const served = await api.kinds();
  const kindOf = (fixture: Fixture): ServedKind => {
    const { apiVersion, kind } = fixture;
    const found = served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
    if (found === undefined) throw new Error(`${fixture.name}: ${apiVersion} ${kind} is not served`);
    return found;
  };
  const collection = (fixture: Fixture) => pathOfKind(kindOf(fixture), fixture.namespace);
  const objectPath = (fixture: Fixture) => pathOfKind(kindOf(fixture), fixture.namespace, fixture.objectName);
  const each = <T>(use: (fixture: Fixture) => Promise<T>) => Promise.all(fixtures.map(use));
  const must = async (method: string, path: string, text?: string, contentType?: string) => {
    const { status, body } = await api.send(method, path, text, contentType);
    if (status < 300) return body;
    throw new Error(`${method} ${path}: ${status} ${String(body.message)}`);
  };

  const offers = await each((fixture) =>
    api.send('POST', `${collection(fixture)}?dryRun=All`, fixture.text, 'application/yaml'),
  );
  const refused = offers.flatMap(({ status, body }, at) =>
    status < 300 ? [] : [`${fixtures[at]?.name}: ${String(body.message)}`],
  );
  if (refused.length > 0) throw new Error(`Fixtures that the API server refuses:\n${refused.join('\n')}`);
  await kubectlApply(
    scenario,
    fixtures.map(({ text }) => text),
  );
  await settled(scenario, fixtures, (fixture) => isSettled(fixture), objectPath, must);
  const first = await each((fixture) => captured(scenario, fixture, objectPath, must));

  const again = fixtures.map(() => new Map<Reader, Captured & { refusal?: string }>());
  for (const reader of READERS) {
    await remove(scenario, api, fixtures, objectPath);
    const refusals = await read(reader, fixtures, first);
    await settled(scenario, fixtures, (_, at) => isLike(at), objectPath, must);
    for (const [at, fixture] of fixtures.entries()) {
      const refusal = refusals[at];
      const now = await captured(scenario, fixture, objectPath, must);
      again[at]?.set(reader, refusal === undefined ? now : { ...now, refusal });
    }
  }

  const commits = await commitsByPath(scenario);
  return fixtures.map((fixture, at) => ({
    fixture,
    hasStatusSubresource: kindOf(fixture).hasStatusSubresource,
    offered: offers[at]?.body ?? {},
    first: first[at] as Captured,
    again: again[at] as Map<Reader, Captured & { refusal?: string }>,
    commits: commits.get(fixture.path) ?? [],
  }));

  /** Make every object of its file; where that is refused, of its fixture, and say why. */
  async function read(
    reader: Reader,
    of: readonly Fixture[],
    files: readonly Captured[],
  ): Promise<(string | undefined)[]> {
    if (reader === 'kubectl apply') return readByKubectl(scenario, of, files);
    // Volumes first: a claim that finds none is looked at again only 15 s later.
    const isVolume = ({ kind }: Fixture) => kind === 'PersistentVolume';
    await Promise.all(of.map((each, at) => (isVolume(each) ? readOne(each, at) : undefined)));
    return Promise.all(of.map((each, at) => (isVolume(each) ? undefined : readOne(each, at))));

    async function readOne(fixture: Fixture, at: number): Promise<string | undefined> {
      const send = (text: string) =>
        reader === 'server-side apply'
          ? api.send(
              'PATCH',
              `${objectPath(fixture)}?fieldManager=${MANAGER}`,
              text,
              'application/apply-patch+yaml',
            )
          : api.send('POST', collection(fixture), text, 'application/yaml');
      const { status, body } = await send((files[at] as Captured).file);
      if (status < 300) return undefined;
      const next = await send(fixture.text);
      if (next.status >= 300)
        throw new Error(`${fixture.name} by ${reader}: ${next.status} ${String(next.body.message)}`);
      return `${status} ${String(body.message)}`;
    }
  }

  /** As at first, as far as the server alone does not decide. */
  function isLike(at: number): (live: ExactObject) => boolean {
    const fixture = fixtures[at] as Fixture;
    const { live } = first[at] as Captured;
    const { hasStatusSubresource } = kindOf(fixture);
    return (now) =>
      differences(live, now).every((difference) => isServerAlone(difference, live, hasStatusSubresource));
  }
}

type Must = (method: string, path: string, text?: string, contentType?: string) => Promise<ExactObject>;

/**
 * Wait until every object is as it should be and its file is there. An object that does not get there is no error
 * here: the test that compares it tells more.
 */
async function settled(
  { remote }: Scenario,
  fixtures: readonly Fixture[],
  expected: (fixture: Fixture, at: number) => (live: ExactObject) => boolean,
  objectPath: (fixture: Fixture) => string,
  must: Must,
): Promise<void> {
  await poll(
    async () => {
      const files = new Set(await remote.files('main'));
      return fixtures.every(({ path }) => files.has(path));
    },
    { timeoutMs: SETTLED_MS, what: 'every file' },
  ).catch(async (error: Error) => {
    const files = new Set(await remote.files('main'));
    const missing = fixtures.filter(({ path }) => !files.has(path)).map(({ path }) => path);
    throw new Error(`${error.message}: no ${missing.join(', ')}`);
  });
  await Promise.all(
    fixtures.map((fixture, at) => {
      const isAsExpected = expected(fixture, at);
      const look = async () => isAsExpected(await must('GET', objectPath(fixture)));
      return poll(look, { timeoutMs: SETTLED_MS, what: `${fixture.name} to settle` }).catch(() => undefined);
    }),
  );
}

/** Have the controllers that write into such an object done so? Tells when its content can be compared. */
function isSettled({ kind, name }: Fixture): (live: ExactObject) => boolean {
  const annotation = (live: ExactObject, key: string) => exactAt(live, 'metadata', 'annotations', key);
  switch (kind) {
    case 'Deployment':
      return (live) => annotation(live, 'deployment.kubernetes.io/revision') !== undefined;
    case 'DaemonSet':
      return (live) => annotation(live, 'deprecated.daemonset.template.generation') !== undefined;
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return (live) => isClaimSettled(live, /bound|chosen/.test(name));
    case 'ClusterRole':
      return (live) => live.aggregationRule === undefined || exactAt(live, 'rules', 0) !== undefined;
    case 'Node':
      return (live) => annotation(live, 'node.alpha.kubernetes.io/ttl') !== undefined;
    case 'Secret':
      return (live) =>
        live.type !== 'kubernetes.io/service-account-token' || exactAt(live, 'data', 'token') !== undefined;
    default:
      return () => true;
  }
}

function isClaimSettled(live: ExactObject, isOfAPair: boolean): boolean {
  if (exactAt(live, 'metadata', 'finalizers') === undefined) return false;
  const phase = exactAt(live, 'status', 'phase');
  if (isOfAPair) return phase === 'Bound';
  if (live.kind === 'PersistentVolume') return phase === 'Available';
  return exactAt(live, 'metadata', 'annotations', 'volume.kubernetes.io/storage-provisioner') !== undefined;
}

async function captured(
  { remote }: Scenario,
  fixture: Fixture,
  objectPath: (fixture: Fixture) => string,
  must: Must,
): Promise<Captured> {
  const live = await must('GET', objectPath(fixture));
  return { live, file: (await remote.read('main', fixture.path)) ?? '' };
}

async function kubectlApply({ kubectl }: Scenario, texts: readonly string[]): Promise<void> {
  await kubectl('admin', ['apply', '-f', '-'], texts.join('\n---\n'));
}

/** One `kubectl apply` of a folder with all files; those that it refuses are applied again as their fixtures. */
async function readByKubectl(
  scenario: Scenario,
  fixtures: readonly Fixture[],
  files: readonly Captured[],
): Promise<(string | undefined)[]> {
  const { path: folder, remove: removeFolder } = await makeTempDir('round-trip');
  try {
    for (const [at, { path }] of fixtures.entries()) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), (files[at] as Captured).file);
    }
    const { code, stderr } = await scenario.controlPlane.kubectl('admin', ['apply', '-R', '-f', folder]);
    const refusals = fixtures.map(({ path }) =>
      stderr.split(/^(?=Error|The |error)/m).find((line) => line.includes(`"${join(folder, path)}"`)),
    );
    const refused = fixtures.filter((_, at) => refusals[at] !== undefined);
    if (refused.length > 0)
      await kubectlApply(
        scenario,
        refused.map(({ text }) => text),
      );
    if (code !== 0 && refused.length === 0) throw new Error(`kubectl apply: ${stderr}`);
    return refusals;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await removeFolder();
  }
}

/** Delete every object at once, wait until all are gone, and their files with them. */
async function remove(
  { remote }: Scenario,
  api: RawApi,
  fixtures: readonly Fixture[],
  objectPath: (fixture: Fixture) => string,
): Promise<void> {
  const options = JSON.stringify({ gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  await Promise.all(
    fixtures.map(async (fixture) => {
      const path = objectPath(fixture);
      const { status, body } = await api.send('DELETE', path, options);
      if (status >= 300) throw new Error(`DELETE ${path}: ${status} ${String(body.message)}`);
      await poll(async () => isGone(api, fixture, path), {
        timeoutMs: SETTLED_MS,
        what: `${fixture.name} to be gone`,
      });
    }),
  );
  await poll(
    async () => {
      const files = new Set(await remote.files('main'));
      return fixtures.every(({ path }) => !files.has(path));
    },
    { timeoutMs: SETTLED_MS, what: 'every file to be gone' },
  );
}

/** Is it gone? A person's finalizers are taken away, as that person's own controller would. */
async function isGone(api: RawApi, { object }: Fixture, path: string): Promise<boolean> {
  const { status, body } = await api.send('GET', path);
  if (status === 404) return true;
  if (exactAt(body, 'metadata', 'deletionTimestamp') === undefined) return false;
  if (exactAt(object, 'metadata', 'finalizers') !== undefined) {
    const merge = 'application/merge-patch+json';
    await api.send('PATCH', path, JSON.stringify({ metadata: { finalizers: null } }), merge);
  }
  if (isExactObject(object.spec) && object.spec.finalizers !== undefined) {
    const name = exactAt(body, 'metadata', 'name');
    const finalizer = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
    await api.send('PUT', `${path}/finalize`, JSON.stringify(finalizer));
  }
  return false;
}

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

/** What of the fixture the API server stores, and the file does not say: one line each. */
export function lostIntent({ fixture, first }: Played, file: ExactObject): string[] {
  const stored = new Set(missingFrom(first.live, fixture.object).map(({ path }) => path.join(' ')));
  return missingFrom(file, fixture.object)
    .filter(({ path }) => !stored.has(path.join(' ')))
    .map(describe);
}

/** What the file says, and the API server would not have made of the fixture by itself: one line each. */
export function foreignContent({ offered }: Played, file: ExactObject): string[] {
  return differences(file, offered)
    .filter(({ first }) => first !== undefined)
    .map(describe);
}

/** What differs between the first object and another, and is not the server's alone: one line each. */
export function foundDifferences(played: Played, live: ExactObject): string[] {
  const { first, hasStatusSubresource } = played;
  return differences(first.live, live)
    .filter((difference) => !isServerAlone(difference, first.live, hasStatusSubresource))
    .map(describe);
}
