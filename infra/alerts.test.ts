/** The alert rules, run by Prometheus' own promtool where there is one: on PATH, or named by `PROMTOOL`. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';

const dirname = join(import.meta.dirname, 'observability');
const promtool = process.env.PROMTOOL ?? 'promtool';
const run = (...args: readonly string[]) => spawnSync(promtool, args, { cwd: dirname, encoding: 'utf8' });
const hasPromtool = run('--version').status === 0;
if (!hasPromtool) console.log('Skipped: there is no promtool on PATH, nor does PROMTOOL name one');

test('alerts: each is expected to fire in a case', async () => {
  const { groups } = parse(await readFile(join(dirname, 'alerts.yaml'), 'utf8'));
  const names: string[] = groups.flatMap(({ rules }: { rules: { alert: string }[] }) =>
    rules.map(({ alert }) => alert),
  );
  const cases = await readFile(join(dirname, 'alerts.test.yaml'), 'utf8');
  const expected = new Set([...cases.matchAll(/alertname="(\w+)"/g)].map(([, name]) => name));
  assert.ok(names.length > 10);
  assert.equal([...expected].sort(), [...names].sort());
});

(hasPromtool ? test : test.skip)('alerts: fire when they should, and only then', () => {
  const { status, stdout, stderr } = run('test', 'rules', 'alerts.test.yaml');
  assert.is(status, 0, stdout + stderr);
});

test.run();
