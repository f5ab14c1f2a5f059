/** Under load, the branch is rewritten, deleted, and given up for another; people and other clusters push to it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, withBareRemote } from '../src/testing/bare-remote.ts';
import { poll } from '../src/testing/poll.ts';
import { type Edit, makeQuickPusher, type QuickPusher } from '../src/testing/quick-pusher.ts';
import { gitRepoConfig, watchRule } from '../src/testing/scenario.ts';
import { loadResources } from '../src/testing/storm/load-kinds.ts';
import { startOtherCluster } from '../src/testing/storm/other-cluster.ts';
import { readStormCommits, readTreeMarkers } from '../src/testing/storm/storm-commits.ts';
import { type Place, type Storm, withStorm } from '../src/testing/storm/with-storm.ts';

const MAIN = 'refs/heads/main';
const PHASE_CHANGES = 60;
const PUSHES_PER_PERSON = 6;
/** Another operator needs longer than this from one push to the next, also with `minInterval: 0s`. */
const OTHERS_PAUSE_MS = 150;
/** Of another cluster, while this one pushes all the time. */
const OTHERS_PUSHES = 5;

/** Write so much more; resolves while the load goes on. */
async function changes({ load }: Storm, count = PHASE_CHANGES): Promise<void> {
  load.start();
  const until = load.ledger.size + count;
  await poll(() => load.ledger.size >= until, { what: `${count} changes` });
}

const always = () => true;

test('storm: the branch is rewritten and deleted, then url, branch and path of a live GitRepoConfig change, under load', () =>
  withBareRemote((elsewhere) =>
    withStorm(async (storm) => {
      await rewriteAndDelete(storm);
      await moveAbout(storm, elsewhere);
    }),
  ));

async function rewriteAndDelete(storm: Storm): Promise<void> {
  const { remote } = storm;
  await changes(storm);
  await storm.quiet();

  // Deleted: it comes back with its history, and nothing is missing.
  await changes(storm);
  await remote.git('update-ref', '-d', MAIN);
  await changes(storm);
  await storm.quiet();
  await storm.check();

  // Rewritten to an older commit, by force: what the person removed is not brought back commit by commit, but the
  // tree is as the cluster is, on top of what the person chose.
  await changes(storm);
  const fromMs = 0;
  const older = (await remote.git('rev-parse', `${MAIN}~20`)).trim();
  await remote.git('update-ref', MAIN, older);
  storm.forgetTips();
  storm.foreign(older);
  const toMs = Date.now();
  await changes(storm);
  await storm.quiet();
  await storm.check({ maySum: (span) => span.toMs >= fromMs && span.fromMs <= toMs + 2_000 });
}

async function moveAbout(storm: Storm, elsewhere: BareRemote): Promise<void> {
  const { remote, kubectl } = storm;
  const moveTo = async (spec: object, place: Partial<Place>) => {
    await changes(storm);
    const patch = JSON.stringify({ spec });
    await kubectl('admin', ['patch', 'gitrepoconfig', 'audit-repo', '--type=merge', '-p', patch]);
    await changes(storm);
    await storm.quiet(place);
    // All before the new place began may be in its snapshot.
    await storm.check({ maySum: always, mayBeUnknown: always }, place);
  };
  await moveTo({ branch: 'other' }, { branch: 'other' });
  const main = await readTreeMarkers(remote, 'main');
  const mainTip = (await remote.refs())[MAIN];
  await moveTo({ path: 'clusters/one' }, { branch: 'other', prefix: 'clusters/one' });
  const other = await readTreeMarkers(remote, 'other', '');
  assert.ok(
    [...other.keys()].some((path) => path.startsWith('namespaces/')),
    'the files stay at the old path',
  );
  const inElsewhere = { remote: elsewhere, prefix: 'clusters/one' };
  await moveTo({ url: elsewhere.url, branch: 'main' }, inElsewhere);
  const otherTip = (await remote.refs())['refs/heads/other'];
  await changes(storm);
  await storm.quiet(inElsewhere);

  assert.is((await remote.refs())[MAIN], mainTip, 'the old branch is left as it was');
  assert.equal(await readTreeMarkers(remote, 'main'), main);
  assert.is((await remote.refs())['refs/heads/other'], otherTip, 'the old remote is left as it was');
}

test('storm: people push during a burst, then another cluster does all the time; two GitRepoConfigs share the branch', () =>
  withStorm(
    async (storm) => {
      const { apply, remote, waitFor } = storm;
      for (const name of ['one', 'two']) {
        const spec = { path: `clusters/${name}`, push: { minInterval: '100ms' } };
        await apply(
          'admin',
          gitRepoConfig(remote, spec, name),
          watchRule(name, { gitRepoConfigRef: name, resources: loadResources }),
        );
      }
      for (const name of ['one', 'two']) await waitFor(`default watchrule/${name}`);
      const foreignPaths = await peoplePush(storm);
      await anotherClusterPushes(storm);
      const ofPlace = (prefix: string) =>
        new Set(
          [...foreignPaths].flatMap((path) => (path.startsWith(prefix) ? path.slice(prefix.length + 1) : [])),
        );
      for (const prefix of ['clusters/one', 'clusters/two'])
        await storm.check({ foreignPaths: ofPlace(prefix) }, { prefix });
      await dropsAreTold(storm);
    },
    { repository: false },
  ));

/** Several people edit the operator's files and others during a burst. Returns the operator's paths they edited. */
async function peoplePush(storm: Storm): Promise<ReadonlySet<string>> {
  const { remote, load, gate } = storm;
  const pushers: QuickPusher[] = [];
  const people: Person[] = [];
  for (const name of ['carol', 'dave', 'erin']) {
    const pusher = await makeQuickPusher(remote, { name, email: `${name}@example.com` });
    pushers.push(pusher);
    people.push(new Person(name, storm, pusher));
  }
  const [carol] = people as [Person];
  try {
    await changes(storm);
    const pushing = Promise.all(people.map((person) => person.push(PUSHES_PER_PERSON)));
    pushing.catch(() => {});
    await changes(storm, 2 * PHASE_CHANGES);
    await pushing;
    // A drop for sure: the operator cannot push, the cluster writes, and a second later a person does.
    await storm.quiet({ prefix: 'clusters/one' });
    await gate.refuseRefs(MAIN);
    const [fence] = await load.fence();
    const writtenAtMs = Date.now();
    await poll(() => Date.now() > writtenAtMs + 1_000, { what: 'a second, the grain of commit times' });
    await carol.overwrite(`clusters/one/${fence?.path}`);
    await gate.refuseRefs(undefined);
    await storm.quiet({ prefix: 'clusters/two' });
  } finally {
    for (const pusher of pushers) await pusher.remove();
  }
  for (const sha of people.flatMap(({ pushed }) => pushed)) storm.foreign(sha);
  const paths = new Set(people.flatMap(({ paths }) => [...paths]));
  await checkLastWriters(storm, paths);
  return paths;
}

/** Drops are told wherever one looks. */
async function dropsAreTold({ kubectl, metric }: Storm): Promise<void> {
  const status = async (kind: string, field: string) =>
    Number(await kubectl('admin', ['get', kind, 'one', '-o', `jsonpath={.status.${field}}`]));
  const event = async (kind: string) => {
    const fields = `--field-selector=reason=GitWins,involvedObject.kind=${kind}`;
    return (await kubectl('admin', ['get', 'events', '-A', fields, '-o', 'name'])).trim() !== '';
  };
  const told: Readonly<Record<string, () => Promise<boolean>>> = {
    'GitRepoConfig.status.droppedCommits': async () => (await status('gitrepoconfig', 'droppedCommits')) > 0,
    'an Event on the GitRepoConfig': () => event('GitRepoConfig'),
    'WatchRule.status.droppedChanges': async () => (await status('watchrule', 'droppedChanges')) > 0,
    'an Event on the WatchRule': () => event('WatchRule'),
    'a metric': async () => (await metric('gitops_reverser_', 'ropped')) > 0,
  };
  const missing = new Set(Object.keys(told));
  await poll(
    async () => {
      for (const what of missing) if (await told[what]?.()) missing.delete(what);
      return missing.size === 0;
    },
    { timeoutMs: 15_000, what: 'the dropped change to be told' },
  ).catch((error: Error) => {
    throw new Error(`${error.message} by ${[...missing].join(', ')}`);
  });
}

/** Both make progress, while both push all the time. */
async function anotherClusterPushes(storm: Storm): Promise<void> {
  const other = await startOtherCluster(storm.remote, { prefix: 'clusters/other', everyMs: OTHERS_PAUSE_MS });
  try {
    await changes(storm);
    await poll(() => other.pushed.length >= OTHERS_PUSHES, { what: 'pushes of the other cluster' });
    const before = other.pushed.length;
    for (const prefix of ['clusters/one', 'clusters/two']) await storm.quiet({ prefix });
    await poll(() => other.pushed.length > before, { what: 'one more push of the other cluster' });
  } finally {
    await other.stop();
    process.stdout.write(`another cluster: ${other.pushed.length} pushed, ${other.rejected()} rejected\n`);
  }
  for (const sha of other.pushed) storm.foreign(sha);
}

/** Somebody who edits files of the operator, and others. */
class Person {
  readonly #name: string;
  readonly #storm: Storm;
  readonly #pusher: QuickPusher;
  readonly pushed: string[] = [];
  /** Paths of the operator's that were edited. */
  readonly paths = new Set<string>();
  #edits = 0;

  constructor(name: string, storm: Storm, pusher: QuickPusher) {
    this.#name = name;
    this.#storm = storm;
    this.#pusher = pusher;
  }

  /** Push so many commits: every other to a file of the operator, the rest to files of their own. */
  async push(count: number): Promise<void> {
    const { remote, random } = this.#storm;
    for (let at = 0; at < count; at += 1) {
      const files = (await remote.files()).filter((path) => /^clusters\/(one|two)\/.*ConfigMap/.test(path));
      const file = files[random(files.length)];
      if (at % 2 === 0 && file !== undefined) await this.overwrite(file);
      else await this.#commit({ [`notes/${this.#name}-${at}.md`]: `${at}\n` });
    }
  }

  /** Give a file of the operator a marker of this person's. */
  async overwrite(path: string): Promise<void> {
    this.#edits += 1;
    const marker = `${this.#name}${this.#edits}`;
    const original = (await this.#storm.remote.read('main', path)) ?? 'kind: ConfigMap\n';
    // A file that is deleted at that moment comes back.
    await this.#commit({
      [path]: (existing) => (existing ?? original).replaceAll(/(marker: )\w+/g, `$1${marker}`),
    });
    this.paths.add(path);
  }

  /** A push that others were quicker than is tried again. */
  async #commit(files: Record<string, Edit>): Promise<void> {
    const what = `a push of ${this.#name}'s`;
    const sha = await poll(() => this.#pusher.tryPush(files, `by ${this.#name}`), { intervalMs: 1, what });
    this.pushed.push(sha);
  }
}

/** Where people and the cluster wrote the same path, the one who wrote last has the last word, give or take a second. */
async function checkLastWriters({ remote, load }: Storm, paths: ReadonlySet<string>): Promise<void> {
  const commits = await readStormCommits(remote, 'main');
  const wrong: string[] = [];
  let told = 0;
  for (const full of paths) {
    const [, prefix = '', path = ''] = /^(clusters\/\w+)\/(.*)$/.exec(full) ?? [];
    const writes = [
      ...load.ledger.versions.filter((one) => one.path === path),
      ...load.ledger.deletions
        .filter((one) => one.path === path)
        .map((one) => ({ ...one, marker: undefined })),
    ].sort((a, b) => a.toMs - b.toMs);
    const last = writes.at(-1);
    const person = commits.filter((one) => one.paths.includes(full) && one.subject.startsWith('by ')).at(-1);
    if (last === undefined || person === undefined) continue;
    const found = (await readTreeMarkers(remote, 'main', prefix)).get(path);
    const isPersons = found !== undefined && !/^m\d+$/.test(found);
    // A commit's time has whole seconds.
    if (person.committedAtMs > last.toMs + 1_000 && !isPersons)
      wrong.push(`${full} has ${found}, a person was last`);
    else if (last.fromMs > person.committedAtMs + 1_000 && found !== last.marker)
      wrong.push(`${full} has ${found}, the cluster was last with ${last.marker}`);
    told += 1;
  }
  assert.ok(told > 0, 'people edited what the cluster did');
  assert.equal(wrong, []);
}

test.run();
