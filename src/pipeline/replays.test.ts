/** What several watches missed while the process was down: handed on together, and in order. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from '../testing/poll.ts';
import { CONFIG_MAPS } from '../testing/scripted-api-server.ts';
import {
  type Life,
  live,
  type MemoryBranch,
  memoryBranch,
  SECRETS,
  withCluster,
} from './pipeline-fixture.ts';

const BOTH = { name: 'both', kinds: ['ConfigMap', 'Secret'] };
const CHANGES = 12;
const until = (what: string, is: () => boolean) => poll(is, { intervalMs: 2, timeoutMs: 5_000, what });

/** A life comes to an end, both kinds change in turn, and another begins; of its watches the Secrets' does not open. */
function withReplay(
  use: (replay: {
    readonly life: Life;
    readonly branch: MemoryBranch;
    readonly first: number;
    readonly open: () => void;
    readonly commits: () => readonly string[];
  }) => Promise<void>,
): Promise<void> {
  return withCluster(async (cluster) => {
    const branch = memoryBranch();
    cluster.put(CONFIG_MAPS, 'a', { v: '0' });
    cluster.put(SECRETS, 's', { v: '0' });
    await live(cluster, async (life) => until('synced', life.target('a', branch, [BOTH]).isSynced).then());
    const before = branch.commits.length;
    const first = cluster.version() + 1;
    for (let v = 1; v <= CHANGES; v++) cluster.put(v % 2 === 1 ? CONFIG_MAPS : SECRETS, 'a', { v: `${v}` });
    const open = cluster.blockWatches(SECRETS);
    await live(cluster, async (life) => {
      try {
        life.target('a', branch, [BOTH]);
        await use({ life, branch, first, open, commits: () => branch.commits.slice(before) });
      } finally {
        open();
      }
    });
  });
}

test('Replays: whichever watch opens first, changes are committed oldest first, and all in one go', () =>
  withReplay(async ({ life, branch, first, open, commits }) => {
    // A process that is killed at its first commit has all of this in the batch, or only what came in the same go.
    let inOneGo = 0;
    const { enqueue } = branch;
    Object.assign(branch, {
      enqueue(request: Parameters<typeof enqueue>[0]) {
        if (inOneGo === 0)
          queueMicrotask(() => {
            inOneGo = commits().length;
          });
        return enqueue(request);
      },
    });
    await until('the ConfigMaps are told', () => life.outcomes.length === CHANGES / 2);
    assert.equal(commits(), []);
    open();
    await until('all is committed', () => commits().length === CHANGES);
    const versions = commits().map((subject) => Number(subject.split(' ')[2]));
    assert.equal(
      versions,
      Array.from({ length: CHANGES }, (_, at) => first + at),
    );
    assert.is(inOneGo, CHANGES);
  }));

test('Replays: a watch that does not open stops the others for a moment only', () =>
  withReplay(async ({ open, commits }) => {
    await until('the ConfigMaps are committed', () => commits().length === CHANGES / 2);
    open();
    await until('all is committed', () => commits().length === CHANGES);
  }));

test('Replays: a process that ends while it waits hands on what it has', () =>
  withReplay(async ({ life, commits }) => {
    await until('the ConfigMaps are told', () => life.outcomes.length === CHANGES / 2);
    await life.crash();
    assert.is(commits().length, CHANGES / 2);
  }));

test.run();
