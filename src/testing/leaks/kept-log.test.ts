import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNowhere } from './find-leaks.ts';
import { hiddenValues, privateKeys } from './hidden-values.ts';
import { keptLog } from './kept-log.ts';
import { textPlace } from './places.ts';
import { secretValue } from './secret-value.ts';

const search = ({ text }: ReturnType<typeof keptLog>) =>
  assertNowhere([privateKeys, ...hiddenValues([])], [textPlace('the log', text())]).then(
    () => 'clean',
    (error: Error) => error.message,
  );

test('keptLog: a secret is found at every level, in fields of whatever kind, and in errors', async () => {
  const clean = keptLog();
  for (const level of ['debug', 'info', 'warn', 'error'] as const) clean[level]('pushed', { commits: 3n });
  assert.is(clean.text().split('\n').length, 4);
  assert.is(await search(clean), 'clean');

  const value = secretValue('logged');
  const leaks: Record<string, (log: ReturnType<typeof keptLog>) => void> = {
    'a message': (log) => log.debug(`push to https://op:${value}@host`),
    'a field': (log) => log.info('pushed', { url: { password: value } }),
    'a field of all lines': (log) => log.with({ password: value }).warn('pushed'),
    'an error': (log) => log.error('failed', { error: new Error(value) }),
    'the cause of an error': (log) =>
      log.error('failed', { error: new Error('x', { cause: new Error(value) }) }),
    'a map': (log) => log.info('read', { data: new Map([['password', value]]) }),
    bytes: (log) => log.info('read', { data: Buffer.from(value) }),
    'a private key': (log) => log.info('read', { key: '-----BEGIN EC PRIVATE KEY-----\nMIG' }),
  };
  for (const [name, leak] of Object.entries(leaks)) {
    const log = keptLog();
    leak(log);
    assert.match(await search(log), 'Secret values leaked', name);
  }
});

test.run();
