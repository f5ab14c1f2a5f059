import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeContainer, whyNoContainer } from './container.ts';
import { mustRun } from './run-command.ts';
import { withTempDir } from './temp-dir.ts';

/** Tells what a process finds out about itself, as JSON. */
const probe = `
import { writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
const write = (path) => {
  try {
    writeFileSync(path, 'x');
    return 'written';
  } catch ({ code }) {
    return code;
  }
};
const run = (...args) => spawnSync(args[0], args.slice(1)).error?.code ?? 'ran';
console.log(JSON.stringify({
  ids: [process.getuid(), process.getgid(), process.getgroups()],
  environment: Object.keys(process.env).sort(),
  written: Object.fromEntries(['/x', '/etc/x', '/usr/x', '/app/x', '/data/x', '/tmp/x'].map((path) => [path, write(path)])),
  programs: { git: run('git', '--version'), ssh: run('ssh', '-V'), sh: run('sh', '-c', ''), cat: run('cat') },
}));
`;

const reason = await whyNoContainer();
const testHere = reason === undefined ? test : test.skip;
if (reason !== undefined) console.log(`skipped: ${reason}`);

testHere('Container: unprivileged, read-only but for its volumes, only git and ssh on PATH', () =>
  withTempDir(async (dir) => {
    const folder = join(dir, 'container');
    await mkdir(folder);
    // Anybody may enter: that nothing is written has to come from the mounts.
    const container = await makeContainer(folder);
    await mustRun('chmod', ['755', dir]);
    await writeFile(join(container.app, 'probe.mjs'), probe);
    const { command, args } = container.command(['/app/probe.mjs']);
    const told = JSON.parse(await mustRun(command, args));
    assert.equal(told, {
      ids: [1000, 1000, [1000]],
      environment: ['HOME', 'NODE_ENV', 'PATH', 'TMPDIR'],
      written: {
        '/x': 'EROFS',
        '/etc/x': 'EROFS',
        '/usr/x': 'EROFS',
        '/app/x': 'EROFS',
        '/data/x': 'written',
        '/tmp/x': 'written',
      },
      programs: { git: 'ran', ssh: 'ran', sh: 'ENOENT', cat: 'ENOENT' },
    });
    // Nothing of it is left on the machine but what was written to the volume that is kept.
    assert.equal(await readdir(join(folder, 'root')), []);
    assert.equal(await readdir(container.data), ['x']);
  }),
);

test.run();
