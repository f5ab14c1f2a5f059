import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withWorker } from '../push/worker-fixture.ts';
import { withBareRemote } from '../testing/bare-remote.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { gitLimits } from './git-limits.ts';
import { removeStaleLock } from './stale-lock.ts';

/** A lock as a git that was killed leaves it, of so long ago. */
async function leaveLock(file: string, ageMs: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  const then = new Date(Date.now() - ageMs);
  await utimes(file, then, then);
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
const complaint = (file: string) => `fatal: cannot lock ref 'x': Unable to create '${file}': File exists.\n`;
const OLD_MS = 2 * gitLimits.staleLockAgeMsMin;

test('removeStaleLock removes the old lock of a ref, and nothing else', () =>
  withTempDir(async (temp) => {
    const dir = join(temp, 'clone.git');
    const cases = [
      ['refs/heads/main.lock', OLD_MS, false],
      ['packed-refs.lock', OLD_MS, false],
      ['refs/heads/young.lock', 0, true],
      ['shallow.lock', OLD_MS, true],
      ['../refs/heads/other.lock', OLD_MS, true],
    ] as const;
    for (const [name, ageMs, stays] of cases) {
      await leaveLock(join(dir, name), ageMs);
      await removeStaleLock(dir, complaint(`${dir}/./${name}`));
      assert.is(await exists(join(dir, name)), stays, name);
    }
    const lock = join(dir, 'refs/heads/main.lock');
    await leaveLock(lock, OLD_MS);
    await removeStaleLock(dir, `remote: error: ${complaint(lock)}`);
    assert.ok(await exists(lock), "a remote's own words");
    await removeStaleLock(dir, complaint(join(dir, 'refs/heads/gone.lock')));
  }, 'stale-lock'));

for (const ref of ['refs/heads/main', 'refs/gitops-reverser/fetched/main'])
  test(`BranchWorker goes on after git was killed and left ${ref} locked in the clone`, () =>
    withBareRemote(async (remote) => {
      await withWorker({ url: remote.url }, async (fixture) => {
        await fixture.worker.open();
        await fixture.change('a.yaml', 'kind: 1\n');
        await fixture.pushed();
        await leaveLock(join(fixture.cloneDir, `${ref}.lock`), OLD_MS);
        await remote.pushAs({ name: 'Pat', email: 'pat@example.com' }, { 'x.txt': 'x' }, 'by a person');
        await fixture.change('a.yaml', 'kind: 2\n');
        await fixture.pushed();
        assert.is(await remote.read('main', 'a.yaml'), 'kind: 2\n');
        assert.is(await remote.read('main', 'x.txt'), 'x');
      });
    }));

test.run();
