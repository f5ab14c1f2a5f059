import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../src/testing/run-command.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const script = join(dirname(fileURLToPath(import.meta.url)), 'setup.mjs');

interface Clone {
  readonly run: (...args: string[]) => ReturnType<typeof runCommand>;
  readonly lock: (packages: object) => void;
  readonly npmCalls: () => string;
  readonly program: (name: string, text: string) => void;
}

/** A clone with only the script, whose PATH holds a recording npm and a git of the given version. */
async function withClone(use: (clone: Clone) => Promise<void>, gitVersion = '2.39.5'): Promise<void> {
  await withTempDir(async (dir) => {
    const bin = join(dir, 'bin');
    for (const folder of ['bin', 'scripts']) mkdirSync(join(dir, folder));
    cpSync(script, join(dir, 'scripts/setup.mjs'));
    const program = (name: string, text: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program('git', `echo git version ${gitVersion}`);
    program(
      'npm',
      `echo "$@" >> calls; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json`,
    );
    for (const name of ['mkdir', 'cp']) symlinkSync(`/bin/${name}`, join(bin, name));
    const calls = join(dir, 'calls');
    await use({
      run: (...args) =>
        runCommand(process.execPath, [join(dir, 'scripts/setup.mjs'), ...args], { env: { PATH: bin } }),
      lock: (packages) => writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ packages })),
      npmCalls: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : ''),
      program,
    });
  });
}

const packages = {
  '': { name: 'x' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
};

test('setup installs the packages of a fresh clone, and nothing the second time', async () => {
  await withClone(async ({ run, lock, npmCalls }) => {
    lock(packages);
    const first = await run();
    assert.is(first.code, 0, first.stderr);
    assert.match(first.stdout, 'Installing npm packages (there are none)');
    assert.equal(await run(), { stdout: '', stderr: '', code: 0 });
    assert.is(npmCalls(), 'ci --no-audit --no-fund\n');
  });
});

test('setup installs again when the lock file names another package', async () => {
  await withClone(async ({ run, lock, npmCalls }) => {
    lock(packages);
    await run();
    lock({ ...packages, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-b' } });
    assert.match((await run()).stdout, 'node_modules/a is not the one of package-lock.json');
    assert.is(npmCalls().split('\n').length, 3);
  });
});

test('setup does not miss the optional packages of other platforms', async () => {
  await withClone(async ({ run, lock, npmCalls }) => {
    lock(packages);
    await run();
    lock({ ...packages, 'node_modules/b': { version: '1.0.0', optional: true } });
    assert.is((await run()).stdout, '');
    assert.is(npmCalls(), 'ci --no-audit --no-fund\n');
  });
});

test('setup says what is missing or too old', async () => {
  await withClone(async ({ run }) => {
    const old = await run();
    assert.is(old.code, 1);
    assert.match(old.stderr, 'setup: git 2.31 or newer is needed, this is 2.25.1');
  }, '2.25.1');
  await withClone(async ({ run, lock, program }) => {
    lock(packages);
    program('npm', 'exit 1');
    const failed = await run();
    assert.is(failed.code, 1);
    assert.match(failed.stderr, 'setup: npm ci failed');
  });
});

test.run();
