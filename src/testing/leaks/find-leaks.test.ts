import { randomBytes } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, withBareRemote } from '../bare-remote.ts';
import { mustRun } from '../run-command.ts';
import { withTempDir } from '../temp-dir.ts';
import { findLeaks } from './find-leaks.ts';
import { assertNoLeaks, type Remains } from './scenario-leaks.ts';
import { secretValue } from './secret-value.ts';
import { spellingsOf } from './spellings.ts';

const found = (value: string | Buffer, ...bytes: Buffer[]) =>
  findLeaks([{ name: 'it', spellings: spellingsOf(value) }], [{ name: 'there', bytes }]);

const person = { name: 'p', email: 'p@example.com' };

/** What a clean scenario leaves, with what is planted in it. */
async function judged(
  plant: (places: { folder: string; remote: BareRemote }) => Promise<Partial<Record<string, string>>>,
): Promise<string> {
  return withBareRemote(
    (remote) =>
      withTempDir(async (folder) => {
        await remote.pushAs(person, { 'a.yaml': 'kind: Secret\n' }, 'clean');
        const {
          secrets = '{"items":[]}',
          'events,gitrepoconfigs,watchrules': objects = '{}',
          metrics = '',
        } = {
          ...(await plant({ folder, remote })),
        };
        const remains: Remains = {
          remotes: [remote.path],
          operatorFolder: folder,
          metrics,
          list: async (kinds) => (kinds === 'secrets' ? secrets : objects),
        };
        return assertNoLeaks(remains).then(
          () => 'clean',
          (error: Error) => error.message,
        );
      }),
    { search: false },
  );
}

test('findLeaks: a value is found in each spelling, whatever stands around it and however it is cut', async () => {
  const bytes = fc.uint8Array({ minLength: 8, maxLength: 30 });
  const around = fc.uint8Array({ maxLength: 20 });
  const encode = fc.constantFrom<(all: Buffer) => Buffer>(
    (all) => all,
    (all) => Buffer.from(all.toString('base64')),
    (all) => Buffer.from(all.toString('base64url')),
    (all) => Buffer.from(all.toString('hex')),
    (all) => Buffer.from(all.toString('hex').toUpperCase()),
  );
  await fc.assert(
    fc.asyncProperty(bytes, around, around, encode, fc.nat(), async (value, before, after, encoded, cut) => {
      const whole = encoded(Buffer.concat([before, value, after]));
      const at = cut % (whole.length + 1);
      const leaks = await found(Buffer.from(value), whole.subarray(0, at), whole.subarray(at));
      assert.ok(leaks.length > 0);
      assert.ok(leaks.every((leak) => leak.startsWith('it stands in there (')));
    }),
  );
  assert.equal(await found('say "x"\n&', Buffer.from(JSON.stringify({ a: 'say "x"\n&' }))), [
    'it stands in there (JSON)',
  ]);
  assert.equal(await found('a value of it', randomBytes(10_000)), []);
});

test('assertNoLeaks: nothing where there is nothing', async () => {
  const items = [
    { metadata: { name: 's', namespace: 'n' }, data: { short: 'eA==', 'ca.crt': btoa('kind: Secret') } },
  ];
  assert.is(await judged(async () => ({ secrets: JSON.stringify({ items }) })), 'clean');
});

const leak = secretValue('planted');
const plants: Record<string, Parameters<typeof judged>[0]> = {
  'the objects of the remote': async ({ remote }) => {
    // In a commit that is gone from the branch again.
    await remote.pushAs(person, { 'b.yaml': `password: ${leak}\n` }, 'leak');
    await remote.git('update-ref', 'refs/heads/main', 'refs/heads/main~1');
    return {};
  },
  'a commit message': async ({ remote }) => {
    await remote.pushAs(person, {}, `[UPDATE] ${btoa(`x${leak}`)}`);
    return {};
  },
  'the objects of clones/audit.git': async ({ folder, remote }) => {
    await remote.pushAs(person, { 'b.yaml': `password: ${Buffer.from(leak).toString('hex')}\n` }, 'leak');
    await mkdir(join(folder, 'clones'));
    await mustRun('git', ['clone', '-q', '--bare', remote.path, join(folder, 'clones/audit.git')]);
    await remote.git('update-ref', '-d', 'refs/heads/main');
    return {};
  },
  'operator.log': async ({ folder }) => {
    await appendFile(join(folder, 'operator.log'), `{"msg":"push to https://u:${leak}@host failed"}\n`);
    return {};
  },
  'Events, conditions and status': async () => ({
    'events,gitrepoconfigs,watchrules': `{"items":[{"message":"${leak}"}]}`,
  }),
  '/metrics': async () => ({ metrics: `x{reason="${leak}"} 1\n` }),
};

for (const [place, plant] of Object.entries(plants)) {
  test(`assertNoLeaks: sees a leak in ${place}, and does not repeat it`, async () => {
    const message = await judged(plant);
    assert.match(message, 'Secret values leaked');
    assert.match(message, place === 'a commit message' ? 'the objects of the remote' : place);
    assert.not.match(message, leak);
  });
}

test('assertNoLeaks: sees the value of any Secret in the cluster', async () => {
  const items = [{ metadata: { name: 's', namespace: 'n' }, data: { key: btoa('of the operator') } }];
  const message = await judged(async ({ remote }) => {
    await remote.pushAs(person, { 'b.yaml': 'x: of the operator\n' }, 'leak');
    return { secrets: JSON.stringify({ items }) };
  });
  assert.match(message, '"key" of Secret n/s stands in the objects of the remote (plain)');
});

test.run();
