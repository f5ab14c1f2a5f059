/**
 * The API server is killed, etcd is compacted, and etcd is restored from an older snapshot, under load: afterwards the
 * tree equals the cluster, deletions included, and every version that the API server still had is a commit.
 */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../src/errors.ts';
import { poll } from '../src/testing/poll.ts';
import { type Storm, withStorm } from '../src/testing/storm/with-storm.ts';
import { startTcpProxy, type TcpProxy } from '../src/testing/tcp-proxy.ts';

const COMPACTION_FLAGS = ['--etcd-compaction-interval=2s', '--watch-cache=false'];
/** What was written a moment before the API server was killed may not have been told any more. */
const UNTOLD_MS = 2_000;

/** Write so much more; resolves while the load goes on. */
async function changes({ load }: Storm, count = 50): Promise<void> {
  load.start();
  const until = load.ledger.size + count;
  await poll(() => load.ledger.size >= until, { what: `${count} changes` });
}

/** Times of which versions may have to be summed up. */
function spans() {
  const all: { fromMs: number; toMs: number }[] = [];
  return {
    begin: () => all.push({ fromMs: Date.now() - UNTOLD_MS, toMs: Number.POSITIVE_INFINITY }),
    end() {
      for (const span of all) span.toMs = Math.min(span.toMs, Date.now());
    },
    has: ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
      all.some((span) => fromMs <= span.toMs && toMs >= span.fromMs),
  };
}

test('storm: the API server is killed; etcd is restored from an older snapshot, while the operator is down and while it runs', () =>
  withStorm(async (storm) => {
    await killApiServer(storm);
    await restoreEtcd(storm);
  }));

async function killApiServer(storm: Storm): Promise<void> {
  const { controlPlane } = storm;
  const gaps = spans();
  for (let at = 0; at < 2; at += 1) {
    await changes(storm);
    const deaf = storm.deaf();
    // What a former API server stored and did not tell is below the window of the next one's watch cache (410):
    // the list that follows sums it up.
    gaps.begin();
    await controlPlane.restartApiServer();
    deaf.isBack();
    await changes(storm, 50);
    await storm.quiet();
    gaps.end();
  }
  await changes(storm);
  await storm.quiet();
  await storm.check({ maySum: gaps.has });

  // The operator is killed, and so is the API server: the cursors are older than its watch cache.
  await changes(storm);
  gaps.begin();
  await storm.kill();
  await changes(storm);
  await controlPlane.restartApiServer();
  await changes(storm, 50);
  await storm.begin();
  await changes(storm, 50);
  await storm.quiet();
  gaps.end();
  await changes(storm);
  await storm.quiet();
  await storm.check({ maySum: gaps.has });
}

async function restoreEtcd(storm: Storm): Promise<void> {
  const { controlPlane, load } = storm;
  const { etcdDir } = controlPlane;
  const saved = join(dirname(etcdDir), 'etcd-saved');
  const withoutEtcd = async (then: () => Promise<void>) => {
    await controlPlane.stopApiServer();
    await controlPlane.stopEtcd();
    await then();
    controlPlane.startEtcd();
    await controlPlane.startApiServer();
  };
  const save = () =>
    withoutEtcd(async () => {
      await rm(saved, { recursive: true, force: true });
      await cp(etcdDir, saved, { recursive: true });
    });
  const restore = () =>
    withoutEtcd(async () => {
      await rm(etcdDir, { recursive: true, force: true });
      await cp(saved, etcdDir, { recursive: true });
    });
  const check = async (what: string) => {
    await storm.quiet();
    await storm.check({ versionsWentBack: true }).catch((error: Error) => {
      throw new Error(`${what}: ${error.message}`);
    });
  };

  await load.run(80);
  await save();
  await load.run(100);
  await storm.quiet();
  await storm.kill();
  await restore();
  await storm.begin();
  await check('restored while the operator was down, nothing written since');
  await load.run(100);
  await check('restored while the operator was down');

  await load.run(100);
  await storm.quiet();
  await restore();
  await check('restored while the operator ran, nothing written since');
  await load.run(100);
  await check('restored while the operator ran');
  assert.is(await storm.operator().stop(), 0);
}

/** Wait until the API server does not have the newest version of now any more: two intervals at most. */
async function untilCompacted({ load, people }: Storm): Promise<void> {
  const resourceVersion = load.ledger.versions.at(-1)?.resourceVersion ?? '';
  const query = { resourceVersion, resourceVersionMatch: 'Exact' };
  await poll(
    () =>
      people
        .as('the test')
        .get('/api/v1/configmaps', { query })
        .then(
          () => false,
          (error: unknown) => error instanceof CodedError && error.code === 'Gone',
        ),
    { what: `version ${resourceVersion} to be compacted` },
  );
}

/** A kubeconfig of the operator, by way of a network that can fail. */
async function throughProxy({ controlPlane, folder, kubeconfig }: Storm, proxy: TcpProxy): Promise<string> {
  const config = await readFile(kubeconfig, 'utf8');
  const path = join(folder.path, 'through-proxy.kubeconfig');
  await writeFile(path, config.replaceAll(controlPlane.url, `https://127.0.0.1:${proxy.port}`));
  return path;
}

test('storm: etcd is compacted while the operator is cut off, and while it is down', () =>
  withStorm(
    async (storm) => {
      const { controlPlane, operator } = storm;
      const proxy = await startTcpProxy(Number(new URL(controlPlane.url).port));
      try {
        await storm.kill();
        await storm.begin({ kubeconfig: await throughProxy(storm, proxy) });
        const gaps = spans();
        const expired = async () => (await operator().logs()).split('lost its place').length - 1;
        await changes(storm);

        // A live watch: cut off for longer than the API server remembers.
        gaps.begin();
        await proxy.behave({ kind: 'refuse' });
        await untilCompacted(storm);
        const before = await expired();
        await proxy.behave({ kind: 'normal' });
        await poll(async () => (await expired()) > before, { what: 'a watch to lose its place (410)' });
        await changes(storm);
        await storm.quiet();
        gaps.end();
        await storm.check({ maySum: gaps.has });
        // From here on, every version is a commit again.
        await changes(storm);
        await storm.quiet();
        await storm.check({ maySum: gaps.has });

        // A cursor: the operator was down for longer than the API server remembers.
        await changes(storm);
        gaps.begin();
        await storm.kill();
        await untilCompacted(storm);
        await storm.begin();
        await changes(storm);
        await storm.quiet();
        gaps.end();
        await changes(storm);
        await storm.quiet();
        await storm.check({ maySum: gaps.has });
      } finally {
        await proxy.stop();
      }
    },
    { apiServerFlags: COMPACTION_FLAGS, pauseMs: 30 },
  ));

test.run();
