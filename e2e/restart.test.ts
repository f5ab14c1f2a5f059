/** A restart resumes: what happened meanwhile is committed, deletions too, nothing twice, and nothing is wiped. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { privateParentOf } from '../src/git/private-folder.ts';
import { poll } from '../src/testing/poll.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { shareControlPlane } from '../src/testing/shared-control-plane.ts';

const file = (name: string) => `namespaces/shop/ConfigMap/${name}.yaml`;

/** No test here needs what the controllers do. */
const controlPlane = shareControlPlane();
const withOperator = (use: (scenario: Scenario) => Promise<void>): Promise<void> =>
  withScenario(use, { controlPlane });

for (const how of ['stopped', 'killed', 'killed, its disk lost'] as const) {
  test(`restart: changes while the operator was down (${how})`, () =>
    withOperator(async (scenario) => {
      const { apply, kubectl, remote, subjects, waitFor } = scenario;
      await kubectl('admin', ['create', 'namespace', 'shop']);
      for (const name of ['same', 'changed', 'deleted', 'by-hand'])
        await apply('admin', configMap('shop', name, { v: '1' }));
      await apply('admin', gitRepoConfig(remote));
      const resources = [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          names: ['same', 'changed', 'deleted', 'created', 'by-hand', 'last'],
        },
      ];
      await apply('admin', watchRule('rule', { resources }));
      await waitFor('default watchrule/rule');
      await poll(
        async () =>
          (await scenario.get<{ status?: { lastSnapshotCommit?: string } }>('watchrules/rule')).status
            ?.lastSnapshotCommit !== undefined,
        { what: 'the snapshot in the status' },
      );
      assert.is((await subjects()).length, 1);

      // Credentials: a killed operator cannot remove them, so the next one does.
      const privateFolders = () =>
        readdir(privateParentOf(scenario.folder.dataDir)).catch((): string[] => []);
      const before = await privateFolders();
      assert.is(before.length, 1);

      const person = { name: 'Carol', email: 'carol@example.com' };
      await scenario.restart({
        kill: how !== 'stopped',
        async meanwhile() {
          assert.equal(await privateFolders(), how === 'stopped' ? [] : before);
          await apply('admin', configMap('shop', 'changed', { v: '2' }));
          await apply('admin', configMap('shop', 'created', { v: '1' }));
          await kubectl('admin', ['delete', 'cm', 'deleted', '-n', 'shop']);
          // A person's commit that is newer than the object's last change stays as it is; a foreign file does too.
          await remote.pushAs(
            person,
            {
              [file('by-hand')]:
                'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: by-hand\n  namespace: shop\ndata:\n  v: by hand\n',
              [file('only-in-git')]: 'kind: ConfigMap\n',
            },
            'By hand',
          );
          if (how === 'killed, its disk lost')
            await rm(join(scenario.folder.path, 'data'), { recursive: true, force: true });
        },
      });
      await apply('admin', configMap('shop', 'last', { v: '1' }));
      await scenario.commit('[CREATE] ConfigMap/last in ns/shop by user/admin');
      const now = await privateFolders();
      assert.is(now.length, 1);
      assert.not.ok(before.some((left) => now.includes(left)));
      assert.equal(
        await remote.files('main'),
        ['by-hand', 'changed', 'created', 'last', 'only-in-git', 'same'].map(file),
      );
      assert.match((await remote.read('main', file('changed'))) as string, /v: "2"/);
      assert.match((await remote.read('main', file('by-hand'))) as string, /v: by hand/);
      const since = (await subjects()).slice(2);
      assert.equal([...since].sort(), [
        '[CREATE] ConfigMap/created in ns/shop by user/unknown',
        '[CREATE] ConfigMap/last in ns/shop by user/admin',
        '[DELETE] ConfigMap/deleted in ns/shop by user/unknown',
        '[UPDATE] ConfigMap/changed in ns/shop by user/unknown',
      ]);
      // Another restart without changes makes no commit.
      const tip = (await remote.refs())['refs/heads/main'];
      await scenario.restart();
      await waitFor('default watchrule/rule');
      assert.is((await remote.refs())['refs/heads/main'], tip);
    }));
}

for (const how of ['stopped', 'killed', 'killed, its disk lost'] as const) {
  test(`restart: every version that was made while the operator was down is a commit (${how})`, () =>
    withOperator(async (scenario) => {
      const { apply, kubectl, subjects, waitFor } = scenario;
      await apply('admin', gitRepoConfig(scenario.remote));
      const resources = [
        { apiVersion: 'v1', kind: 'ConfigMap', names: ['n-*'] },
        { apiVersion: 'v1', kind: 'Secret', names: ['n-*'] },
      ];
      await apply('admin', configMap('default', 'n-a', { v: '0' }));
      await apply('admin', watchRule('rule', { resources }), watchRule('other', { resources }));
      for (const name of ['rule', 'other']) await waitFor(`default watchrule/${name}`);
      await apply('admin', configMap('default', 'n-a', { v: '1' }));
      await scenario.commit('[UPDATE] ConfigMap/n-a in ns/default by user/admin');
      const before = await subjects();
      await scenario.restart({
        kill: how !== 'stopped',
        async meanwhile() {
          for (const v of ['2', '3']) await apply('admin', configMap('default', 'n-a', { v }));
          await apply('admin', configMap('default', 'n-brief', {}));
          await kubectl('admin', ['delete', 'cm', 'n-brief']);
          if (how === 'killed, its disk lost')
            await rm(join(scenario.folder.path, 'data'), { recursive: true, force: true });
        },
      });
      await apply('admin', configMap('default', 'n-last', {}));
      await scenario.commit('[CREATE] ConfigMap/n-last in ns/default by user/admin');
      assert.equal((await subjects()).slice(before.length), [
        '[UPDATE] ConfigMap/n-a in ns/default by user/unknown',
        '[UPDATE] ConfigMap/n-a in ns/default by user/unknown',
        '[CREATE] ConfigMap/n-brief in ns/default by user/unknown',
        '[DELETE] ConfigMap/n-brief in ns/default by user/unknown',
        '[CREATE] ConfigMap/n-last in ns/default by user/admin',
      ]);
      assert.match(await scenario.operator().logs(), /without a list/);
    }));
}

test('restart: a deletion during downtime, where the snapshot had found nothing', () =>
  withOperator(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    await apply('admin', gitRepoConfig(remote));
    await apply(
      'admin',
      watchRule('rule', { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['n-*'] }] }),
    );
    await waitFor('default watchrule/rule');
    for (const name of ['n-stays', 'n-goes']) await apply('admin', configMap('default', name, {}));
    await scenario.commit('[CREATE] ConfigMap/n-goes in ns/default by user/admin');
    await scenario.restart({ meanwhile: () => kubectl('admin', ['delete', 'cm', 'n-goes']) });
    await scenario.commit('[DELETE] ConfigMap/n-goes in ns/default by user/unknown');
    assert.equal(await remote.files('main'), ['namespaces/default/ConfigMap/n-stays.yaml']);
  }));

test('restart: the API server comes back, and watches go on where they were', () =>
  withOperator(async (scenario) => {
    const { apply, kubectl, remote, subjects, waitFor, controlPlane } = scenario;
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply(
      'admin',
      gitRepoConfig(remote),
      watchRule('rule', { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['n-*'] }] }),
    );
    await waitFor('default watchrule/rule');
    await apply('admin', configMap('shop', 'n-before', {}));
    await scenario.commit('[CREATE] ConfigMap/n-before in ns/shop by user/admin');
    await controlPlane.restartApiServer();
    for (let at = 0; at < 20; at++) await apply('admin', configMap('shop', `n-${at}`, {}));
    await scenario.commit('[CREATE] ConfigMap/n-19 in ns/shop by user/admin');
    assert.equal(
      await subjects(),
      ['n-before', ...Array.from({ length: 20 }, (_, at) => `n-${at}`)].map(
        (name) => `[CREATE] ConfigMap/${name} in ns/shop by user/admin`,
      ),
    );
  }));

test.run();
