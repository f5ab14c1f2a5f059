import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../kube/object.ts';
import { noiseLimits } from '../noise/noise-limits.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { CONFIG_MAPS } from '../testing/scripted-api-server.ts';
import { ActiveRule } from './active-rule.ts';
import type { Observed } from './observe.ts';
import { TargetNoise } from './target-noise.ts';

const SECOND = 1_000;
const SCALER = 'system:serviceaccount:kube-system:scaler';

const rule = new ActiveRule({
  key: 'default/maps',
  uid: 'uid',
  generation: 1,
  selection: {} as never,
  excludeFields: { paths: [] },
  scope: { resourceVersion: '1', timeMs: 0, resumed: false },
});

/** One file, and what Git has of it. */
function makeFile() {
  const clock = createFakeClock(0);
  let coalesced = 0;
  let begun = 0;
  let ended = 0;
  const noise = new TargetNoise(
    { onNoise: () => begun++, onQuiet: () => ended++, onCoalesced: () => coalesced++, onRecreated() {} },
    clock,
  );
  const commits: { readonly version: number; readonly content: string | null; readonly atMs: number }[] = [];
  const commit = (version: string, content: Buffer | null) =>
    commits.push({ version: Number(version), content: content?.toString() ?? null, atMs: clock.now() });
  let version = 0;
  const release = () => {
    for (const held of noise.due('Due')) {
      const change = noise.release(held, [rule]);
      if (change !== undefined) commit(change.object.metadata.resourceVersion, held.kept.content);
    }
  };
  return {
    commits,
    counts: () => ({ coalesced, begun, ended }),
    changes: () => version,
    async passTime(ms: number) {
      for (let passed = 0; passed < ms; passed += SECOND) {
        await clock.advance(Math.min(SECOND, ms - passed));
        release();
      }
    },
    change(writer: string, value: string | null) {
      version += 1;
      const metadata = { name: 'a', namespace: 'default', uid: 'u', resourceVersion: `${version}` };
      const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
      const observed: Observed = {
        resource: CONFIG_MAPS,
        operation: value === null ? 'DELETE' : 'UPDATE',
        object,
        manifest:
          value === null
            ? null
            : manifestOfFields({
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name: 'a' },
                data: { value },
              }),
        attribution: { kind: 'known', name: writer },
        atMs: clock.now(),
      };
      const content = value === null ? null : Buffer.from(value);
      const change = noise.pass('a.yaml', observed, [rule], content);
      if (change !== undefined) commit(change.object.metadata.resourceVersion, content);
    },
  };
}

/** Mostly what makes noise, with everything else in between. */
const step = fc.record({
  times: fc.integer({ min: 1, max: 30 }),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('fight' as const) },
    { weight: 4, arbitrary: fc.constant('rewrite' as const) },
    { weight: 2, arbitrary: fc.constant('person' as const) },
    { weight: 1, arbitrary: fc.constant('delete' as const) },
  ),
  gapMs: fc.oneof(
    fc.constantFrom(0, 100, SECOND, 5 * SECOND, 12 * SECOND),
    fc.integer({ min: 0, max: 100 * SECOND }),
  ),
});

test('TargetNoise: whatever comes, Git ends up as the cluster is, in order, and every change is committed or counted', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const file = makeFile();
      let last: string | null = null;
      let fresh = 0;
      for (const { times, what, gapMs } of steps) {
        for (let at = 0; at < times; at++) {
          const [writer, value] = {
            fight: at % 2 === 0 ? ['ann', 'x'] : ['ben', 'y'],
            rewrite: [SCALER, `time ${++fresh}`],
            person: ['carl', `new ${++fresh}`],
            delete: ['carl', null],
          }[what] as [string, string | null];
          file.change(writer, value);
          last = value;
          const { content, version } = file.commits.at(-1) ?? { content: null, version: 0 };
          if (what === 'person' || what === 'delete')
            assert.equal([content, version], [value, file.changes()], 'at once');
          await file.passTime(gapMs);
        }
      }
      await file.passTime(noiseLimits.quietMsMax + SECOND);
      assert.is(file.commits.at(-1)?.content ?? null, last);
      const versions = file.commits.map(({ version }) => version);
      assert.equal(
        versions,
        [...versions].sort((a, b) => a - b),
      );
      assert.is(file.commits.length + file.counts().coalesced, file.changes());
    }),
    { numRuns: 300 },
  ));

test('TargetNoise: days of a loop make seven commits', async () => {
  const file = makeFile();
  for (let at = 0; at < 10_000; at++) {
    file.change(at % 2 === 0 ? 'ann' : 'ben', at % 2 === 0 ? 'x' : 'y');
    await file.passTime(3 * SECOND);
  }
  assert.is(file.commits.length, 7);
  await file.passTime(20 * SECOND);
  assert.is(file.commits.at(-1)?.content, 'y');
  assert.equal(file.counts(), { coalesced: 10_000 - 8, begun: 1, ended: 1 });
});

test('TargetNoise: an hour of rewriting makes a commit in five minutes', async () => {
  const file = makeFile();
  for (let at = 0; at < 360; at++) {
    file.change(SCALER, `time ${at}`);
    await file.passTime(10 * SECOND);
  }
  const slow = file.commits.filter(({ atMs }) => atMs > 120 * SECOND);
  assert.ok(slow.length >= 10 && slow.length <= 12, `${slow.length} commits`);
  assert.is(file.counts().begun, 1);
});

test.run();
