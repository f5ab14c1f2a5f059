import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LogFields, silentLog } from '../log.ts';
import { withBareRemote } from '../testing/bare-remote.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { withWorker } from './worker-fixture.ts';

test('BranchWorker goes on, ends, and names what stays, where credentials cannot be removed', () =>
  withBareRemote((remote) =>
    withTempDir(async (dir) => {
      const told: LogFields[] = [];
      const log = { ...silentLog, error: (_: string, fields?: LogFields) => void told.push(fields ?? {}) };
      const privateDir = join(dir, 'private');
      // A file in the place of the folder: rm says ENOTDIR for what is below.
      const replaceFolder = async () => {
        const [name] = await readdir(privateDir);
        await rm(privateDir, { recursive: true });
        await writeFile(privateDir, '');
        return join(privateDir, name as string);
      };
      await mkdir(privateDir);
      const left: string[] = [];
      await withWorker({ url: remote.url, privateDir, log }, async ({ worker, change, pushed }) => {
        await worker.open();
        left.push(await replaceFolder());
        await worker.update({ secretData: null });
        await rm(privateDir);
        await change('a', 'kind: a\n');
        await pushed();
        left.push(await replaceFolder());
        await worker.close();
      });
      assert.is(left.length, 2);
      assert.equal(
        told.map(({ error }) => error),
        left.map((path) => `Credentials stay in "${path}", which cannot be removed (ENOTDIR): remove it`),
      );
      assert.equal(await remote.files('main'), ['a']);
    }),
  ));

test.run();
