import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../testing/run-command.ts';

const url = JSON.stringify(new URL('./json-log.ts', import.meta.url).href);

/** What a program that logs writes to standard error. */
async function logged(source: string): Promise<{ stdout: string; lines: Record<string, unknown>[] }> {
  const program = `import { createJsonLog } from ${url};\n${source}`;
  const args = [...process.execArgv, '--input-type=module', '--eval', program];
  const { code, stdout, stderr } = await runCommand(process.execPath, args);
  assert.is(code, 0, stderr);
  return {
    stdout,
    lines: stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  };
}

test('createJsonLog writes one JSON object a line to standard error, from its level up', async () => {
  const { stdout, lines } = await logged(`
    const log = createJsonLog('info');
    log.debug('hidden');
    log.info('one', { n: 1 });
    log.with({ rule: 'a/b' }).warn('two\\nlines', { text: '"' });
    log.error('three');
    process.exit(0);`);
  assert.is(stdout, '');
  assert.equal(
    lines.map(({ time, ...rest }) => {
      assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      return rest;
    }),
    [
      { level: 'info', n: 1, msg: 'one' },
      { level: 'warn', rule: 'a/b', text: '"', msg: 'two\nlines' },
      { level: 'error', msg: 'three' },
    ],
  );
});

test.run();
