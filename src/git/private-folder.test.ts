import { chmod, mkdir, readdir, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { runCommand } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { gitLimits } from './git-limits.ts';
import {
  makePrivateFolder,
  privateParentOf,
  removePrivateFolder,
  sweepPrivateParent,
} from './private-folder.ts';

async function refusal(parent: string): Promise<string> {
  try {
    await makePrivateFolder(parent);
  } catch (error) {
    assert.instance(error, CodedError);
    return (error as CodedError).message;
  }
  return 'accepted';
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('privateParentOf is the same for a data directory, and another for another', () => {
  assert.is(privateParentOf('/data'), privateParentOf('/data'));
  assert.is.not(privateParentOf('/data'), privateParentOf('/data2'));
});

test('privateParentOf leaves room for a socket of ssh below the long temporary folder of macOS', () => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = `/var/folders/zz/${'x'.repeat(30)}/T/`;
  try {
    const socket = join(privateParentOf('/data'), 'gr-XXXXXX', 's');
    assert.ok(socket.length <= gitLimits.sshControlPathBytesMax, `${socket.length} bytes`);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('makePrivateFolder refuses a symbolic link and what is no folder, and says what to do', () =>
  withTempDir(async (dir) => {
    await mkdir(join(dir, 'elsewhere'));
    await symlink(join(dir, 'elsewhere'), join(dir, 'link'));
    await writeFile(join(dir, 'file'), '');
    const mend = 'remove it, or set TMPDIR to another folder';
    assert.is(
      await refusal(join(dir, 'link')),
      `Credentials cannot be kept in "${join(dir, 'link')}": it is a symbolic link; ${mend}`,
    );
    assert.match(await refusal(join(dir, 'file')), `it is not a folder; ${mend}`);
  }));

test("makePrivateFolder refuses another user's folder", () =>
  withTempDir(async (dir) => {
    const { getuid } = process;
    if (getuid === undefined) return;
    // Who is root can give a folder away; to everybody else the root folder belongs to another.
    const parent = getuid() === 0 ? join(dir, 'given') : '/';
    if (getuid() === 0) {
      await mkdir(parent);
      assert.is((await runCommand('chown', ['65534', parent])).code, 0);
    }
    assert.match(await refusal(parent), /belongs to another user, with id \d+/);
  }));

test('makePrivateFolder makes its parent anew when that was cleaned up', () =>
  withTempDir(async (dir) => {
    const parent = join(dir, 'parent');
    await rmdir(await makePrivateFolder(parent));
    await rmdir(parent);
    const made = await makePrivateFolder(parent);
    assert.is(await modeOf(parent), 0o700);
    assert.is(await modeOf(made), 0o700);
  }));

test('sweepPrivateParent makes nothing, and refuses a symbolic link', () =>
  withTempDir(async (dir) => {
    await sweepPrivateParent(join(dir, 'absent'), silentLog);
    assert.equal(await readdir(dir), []);
    await mkdir(join(dir, 'elsewhere'));
    await writeFile(join(dir, 'elsewhere', 'file'), '');
    await symlink(join(dir, 'elsewhere'), join(dir, 'link'));
    const swept = await sweepPrivateParent(join(dir, 'link'), silentLog).catch((error) => error.message);
    assert.match(swept, 'is a symbolic link');
    assert.equal(await readdir(join(dir, 'elsewhere')), ['file']);
  }));

test('sweepPrivateParent removes what is there, and nothing beside it', () =>
  withTempDir(async (dir) => {
    const parent = join(dir, 'parent');
    for (const name of ['key', 'login'])
      await writeFile(join(await makePrivateFolder(parent), name), 'secret', { mode: 0o600 });
    await writeFile(join(dir, 'beside'), '');
    await symlink(dir, join(parent, 'link'));
    await chmod(parent, 0o755);
    await sweepPrivateParent(parent, silentLog);
    assert.equal(await readdir(parent), []);
    assert.is(await modeOf(parent), 0o700);
    assert.equal((await readdir(dir)).sort(), ['beside', 'parent']);
  }));

test('removePrivateFolder names the folder that it cannot remove', () =>
  withTempDir(async (dir) => {
    // A name below a file: rm says ENOTDIR, whoever asks.
    await writeFile(join(dir, 'file'), '');
    const path = join(dir, 'file', 'gr-a');
    try {
      await removePrivateFolder(path);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, CodedError);
      assert.is(
        (error as CodedError).message,
        `Credentials stay in "${path}", which cannot be removed (ENOTDIR): remove it`,
      );
    }
  }));

test.run();
