/** Objects that come and go while a rule that moved, or lost its place, looks for what is gone: each end is told once. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceKey } from '../kube/resource.ts';
import { poll } from '../testing/poll.ts';
import { CONFIG_MAPS } from '../testing/scripted-api-server.ts';
import { type Cluster, memoryBranch, startLife, withCluster } from './pipeline-fixture.ts';

const MAPS = { name: 'maps', kinds: ['ConfigMap'] };
const NAMES = ['a', 'b', 'c'];
const RUNS = 60;

const until = (what: string, is: () => boolean) => poll(is, { intervalMs: 1, timeoutMs: 5_000, what });

/** Changes objects as the numbers say, and counts the deletions of each. */
class Writer {
  readonly standing = new Set<string>();
  readonly deletions = new Map(NAMES.map((name) => [name, 0]));
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  write(choices: readonly number[]): void {
    for (const choice of choices) {
      const name = NAMES[choice % NAMES.length] as string;
      if (this.standing.has(name) && choice % 2 === 0) {
        this.#cluster.remove(CONFIG_MAPS, name);
        this.standing.delete(name);
        this.deletions.set(name, (this.deletions.get(name) ?? 0) + 1);
      } else {
        this.#cluster.put(CONFIG_MAPS, name, { v: String(this.#cluster.version()) });
        this.standing.add(name);
      }
    }
  }
}

/**
 * One life commits, the cluster changes, and another life moves the rule or finds its cursor too old. What the API
 * server answers is followed at once by more changes: those after a list, then those after each look-up.
 */
async function play(
  cluster: Cluster,
  how: 'Moved' | 'Expired',
  [before, meanwhile, ...later]: readonly (readonly number[])[],
) {
  const branch = memoryBranch();
  const writer = new Writer(cluster);
  writer.write(before ?? []);
  const life = await startLife(cluster);
  await until('synced', life.target('a', branch, [MAPS]).isSynced);
  await life.crash();
  writer.write(meanwhile ?? []);
  if (how === 'Expired') {
    cluster.put(CONFIG_MAPS, 'fence', {});
    cluster.compact();
  }
  const next = await startLife(cluster);
  try {
    cluster.onListed(CONFIG_MAPS, () => writer.write(later.shift() ?? []));
    const [owner, rule] = how === 'Moved' ? ['b', { ...MAPS, name: 'moved', moved: true }] : ['a', MAPS];
    await until('synced', next.target(owner, branch, [rule]).isSynced);
    writer.write(later.flat());
    cluster.put(CONFIG_MAPS, 'fence', { v: 'last' });
    const position = `owner-${owner} resource ${resourceKey(CONFIG_MAPS)}`;
    await until('the last change', () => branch.marks.get(position) === String(cluster.version()));
  } finally {
    await next.crash();
  }
  return { branch, writer };
}

const deletesOf = (commits: readonly string[], name: string) =>
  commits.filter((subject) => subject.startsWith(`[DELETE] ${name} `)).length;

test('findGone does not look for what was listed: an object that goes right after the list goes once', () =>
  withCluster(async (cluster) => {
    const update = NAMES.length + NAMES.indexOf('a');
    const remove = 0;
    const { branch } = await play(cluster, 'Moved', [[remove], [], [update, remove]]);
    assert.is(deletesOf(branch.commits, 'a'), 1);
  }));

for (const how of ['Moved', 'Expired'] as const) {
  test(`findGone: whatever comes and goes meanwhile, no end is told twice, and nothing gone stays (${how})`, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { minLength: 3, maxLength: 8 }),
        (script) =>
          withCluster(async (cluster) => {
            const { branch, writer } = await play(cluster, how, script);
            const files = [...branch.files.keys()].map((path) => /(\w+)\.yaml$/.exec(path)?.[1] ?? '');
            assert.equal(files.filter((name) => name !== 'fence').sort(), [...writer.standing].sort());
            for (const [name, count] of writer.deletions) {
              const told = deletesOf(branch.commits, name);
              assert.ok(told <= count, `${name}: ${told} of ${count} in ${branch.commits.join(', ')}`);
            }
          }),
      ),
      { numRuns: RUNS },
    ));
}

test.run();
