/** What is held back as noise, between restarts, lists and deletions: the branch ends up as the cluster is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blobShaOf } from '../git/blob-sha.ts';
import { noiseLimits } from '../noise/noise-limits.ts';
import { renderYaml } from '../render/yaml.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { poll } from '../testing/poll.ts';
import { CONFIG_MAPS } from '../testing/scripted-api-server.ts';
import type { Authors } from './observe.ts';
import {
  type Cluster,
  type Life,
  type MemoryBranch,
  memoryBranch,
  startLife,
  type TargetAtWork,
  withCluster,
} from './pipeline-fixture.ts';

const MAPS = { name: 'maps', kinds: ['ConfigMap'] };
const PATH = 'namespaces/default/ConfigMap/a.yaml';

/** Who writes which content. */
const attribute: Authors['attribute'] = ({ object }) => {
  const { v } = (object.data ?? {}) as { v?: string };
  return { kind: 'known', name: { x: 'ann', y: 'ben' }[v ?? ''] ?? 'carl' };
};

const until = (what: string, is: () => boolean) => poll(is, { intervalMs: 2, timeoutMs: 5_000, what });
const put = (cluster: Cluster, v: string) => cluster.put(CONFIG_MAPS, 'a', { v });
const isThere = (branch: MemoryBranch, v: string) => {
  const metadata = { name: 'a', namespace: 'default' };
  const manifest = manifestOfFields({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { v } });
  return branch.files.get(PATH) === blobShaOf(Buffer.from(renderYaml(manifest)), 'sha1');
};

interface Looping extends TargetAtWork {
  readonly cluster: Cluster;
  readonly branch: MemoryBranch;
  readonly life: Life;
  /** Everything that was stored so far has come. */
  caughtUp(): Promise<void>;
}

/** A file of which `y` is held back, while `x` is committed. */
function withLoop(use: (looping: Looping) => Promise<void>): Promise<void> {
  return withCluster(async (cluster) => {
    const branch = memoryBranch();
    const life = await startLife(cluster, attribute);
    try {
      const atWork = life.target('a', branch, [MAPS]);
      await until('synced', atWork.isSynced);
      let others = 0;
      const caughtUp = async () => {
        cluster.put(CONFIG_MAPS, `other-${++others}`, { v: 'new' });
        await until('all came', () => branch.commits.at(-1)?.includes(`other-${others} `) === true);
      };
      for (let at = 0; at < 4; at++) {
        put(cluster, 'x');
        put(cluster, 'y');
      }
      await caughtUp();
      const ofA = branch.commits.filter((subject) => / a \d/.test(subject));
      assert.is(ofA.length, 7, 'the loop makes no more commits');
      assert.ok(isThere(branch, 'x'));
      await use({ ...atWork, cluster, branch, life, caughtUp });
    } finally {
      await life.crash();
    }
  });
}

const bodies = (branch: MemoryBranch) => {
  const seen: string[] = [];
  const { enqueue } = branch;
  branch.enqueue = (request) => {
    seen.push(request.message);
    return enqueue(request);
  };
  return seen;
};

test('Target: a loop ends when it is quiet, with one commit of what stands, by who wrote it', () =>
  withLoop(async ({ branch, life, target, rules, cluster, caughtUp }) => {
    assert.equal(
      rules.map((rule) => target.noise.loopsOf(rule).map(({ noise }) => noise.writers)),
      [[['ann', 'ben']]],
    );
    put(cluster, 'x');
    put(cluster, 'y');
    await caughtUp();
    const seen = bodies(branch);
    const commits = branch.commits.length;
    await life.clock.advance(noiseLimits.quietMsMin + 1_000);
    assert.is(branch.commits.length, commits + 1);
    assert.ok(isThere(branch, 'y'));
    assert.match(seen[0] as string, /^\[UPDATE\] ConfigMap\/a in ns\/default by user\/ben\n/);
    assert.match(seen[0] as string, /\n- Coalesced: 2 earlier changes since .* by ann and ben, who undid/);
    assert.equal(target.noise.loopsOf(rules[0] as never), []);
    await life.clock.advance(600_000);
    assert.is(branch.commits.length, commits + 1, 'and nothing more');
  }));

test('Target: somebody else is committed at once, with everything', () =>
  withLoop(async ({ branch, cluster }) => {
    const seen = bodies(branch);
    const version = put(cluster, 'z');
    await until('committed', () => branch.commits.at(-1) === `[UPDATE] a ${version}`);
    assert.ok(isThere(branch, 'z'));
    assert.match(seen[0] as string, /by user\/carl\n.*\n- Coalesced: 1 earlier change /s);
  }));

test('Target: a deletion is never held back, and nothing comes after it', () =>
  withLoop(async ({ branch, cluster, life }) => {
    cluster.remove(CONFIG_MAPS, 'a');
    await until('gone', () => !branch.files.has(PATH));
    const commits = branch.commits.length;
    await life.clock.advance(60_000);
    assert.is(branch.commits.length, commits);
    assert.not.ok(branch.files.has(PATH));
  }));

test('Target: an end in peace commits what is held back', () =>
  withLoop(async ({ branch, life }) => {
    await life.crash();
    assert.ok(isThere(branch, 'y'));
  }));

test('Target: after a sudden end, what was held back is found by comparing', () =>
  withLoop(async ({ branch, cluster, life, target }) => {
    target.close();
    await life.crash();
    assert.ok(isThere(branch, 'x'));
    const next = await startLife(cluster, attribute);
    try {
      await until('synced', next.target('a', branch, [MAPS]).isSynced);
      assert.ok(isThere(branch, 'x'), 'the cursor is beyond it');
      await next.clock.asleep();
      const advancing = async () => {
        await next.clock.advance(31_000);
        return isThere(branch, 'y');
      };
      await poll(advancing, { intervalMs: 2, timeoutMs: 5_000, what: 'the comparison' });
    } finally {
      await next.crash();
    }
  }));

test('Target: what a list sets right meanwhile is not set back', () =>
  withLoop(async ({ branch, cluster, life, isSynced }) => {
    const unblock = cluster.blockLists(CONFIG_MAPS);
    life.pipeline.compare('a');
    put(cluster, 'x');
    await life.clock.advance(noiseLimits.quietMsMin + 5_000);
    assert.ok(isThere(branch, 'x'), 'held back while a list is under way');
    const version = put(cluster, 'z');
    unblock();
    await until('set right', () => isSynced() && isThere(branch, 'z'));
    assert.is(branch.commits.at(-1), `[UPDATE] a ${version}`);
    const commits = branch.commits.length;
    await life.clock.advance(60_000);
    assert.is(branch.commits.length, commits);
    assert.ok(isThere(branch, 'z'));
  }));

test('Target: what was held back does not outlive a restored etcd', () =>
  withLoop(async ({ branch, cluster, life, caughtUp }) => {
    put(cluster, 'z');
    await caughtUp();
    const good = cluster.version();
    for (const v of ['x', 'y', 'x', 'y', 'x', 'y']) put(cluster, v);
    await caughtUp();
    cluster.restore(good);
    const restored = async () => {
      await life.clock.advance(1_000);
      return isThere(branch, 'z');
    };
    await poll(restored, { intervalMs: 2, timeoutMs: 5_000, what: 'the restored state' });
    await life.clock.advance(60_000);
    assert.ok(isThere(branch, 'z'));
  }));

test('Target: a repository without room gets what was held back later', () =>
  withLoop(async ({ branch, life, target }) => {
    branch.stick();
    await life.clock.advance(noiseLimits.quietMsMin + 1_000);
    assert.ok(isThere(branch, 'x'));
    await life.clock.advance(10_000);
    assert.ok(target.isStuck);
    branch.unstick();
    await until('room again', () => isThere(branch, 'y') && !target.isStuck);
  }));

test('Target: a rule that commits all has no noise', () =>
  withCluster(async (cluster) => {
    const branch = memoryBranch();
    const life = await startLife(cluster, attribute);
    try {
      const { isSynced } = life.target('a', branch, [{ ...MAPS, commitsAll: true }]);
      await until('synced', isSynced);
      for (let at = 0; at < 10; at++) {
        put(cluster, 'x');
        put(cluster, 'y');
      }
      await until('all are commits', () => branch.commits.length === 20);
    } finally {
      await life.crash();
    }
  }));

test.run();
