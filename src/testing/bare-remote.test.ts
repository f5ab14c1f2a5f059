import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from './bare-remote.ts';

const carol = { name: 'Carol Ö. Example', email: 'carol@example.com' };
const dave = { name: 'Dave', email: 'dave@example.com' };

test('makeBareRemote is empty at first', async () => {
  await withBareRemote(async (remote) => {
    assert.equal(await remote.log(), []);
    assert.equal(await remote.files(), []);
    assert.is(await remote.read('main', 'a'), undefined);
    assert.equal(await remote.refs(), {});
    assert.match(remote.url, /^file:\/\/\/.*\/audit\.git$/);
  });
});

test('makeBareRemote: pushAs adds, changes and deletes files as a person', async () => {
  await withBareRemote(async (remote) => {
    const first = await remote.pushAs(carol, { 'a b/ö.yaml': 'one: 1\n', c: '' }, 'Add\n\nbody\nlines');
    const second = await remote.pushAs(dave, { 'a b/ö.yaml': 'two: 2\n', c: null, d: 'd' }, 'Change');
    assert.equal(await remote.files(), ['a b/ö.yaml', 'd']);
    assert.is(await remote.read('main', 'a b/ö.yaml'), 'two: 2\n');
    assert.is(await remote.read('main', 'c'), undefined);
    const log = await remote.log('main');
    assert.equal(
      log.map((commit) => [commit.sha, commit.author, commit.subject, commit.parents]),
      [
        [second, dave, 'Change', [first]],
        [first, carol, 'Add', []],
      ],
    );
    assert.is(log[1]?.message, 'Add\n\nbody\nlines');
    assert.equal(log[1]?.committer, carol);
    assert.match(log[0]?.authorDate ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    assert.equal(await remote.refs(), { 'refs/heads/main': second });
  });
});

test('makeBareRemote: pushAs makes another branch, and remove removes', async () => {
  const path = await withBareRemote(async (remote) => {
    await remote.pushAs(carol, { a: '1' }, 'One', 'audit/prod');
    assert.equal(await remote.files('audit/prod'), ['a']);
    assert.equal(await remote.files('audit'), []);
    assert.equal(await remote.files(), []);
    return remote.path;
  });
  assert.not(existsSync(path));
});

test('makeBareRemote: what is told is of now, also after the refs were packed or the branch went', () =>
  withBareRemote(async (remote) => {
    const seen = async () => [
      (await remote.log()).map(({ subject }) => subject),
      await remote.files(),
      await remote.read('main', 'a'),
    ];
    await remote.pushAs(carol, { a: '1' }, 'One');
    for (let look = 0; look < 2; look += 1) assert.equal(await seen(), [['One'], ['a'], '1']);
    await remote.git('pack-refs', '--all');
    assert.equal(await seen(), [['One'], ['a'], '1']);
    await remote.pushAs(carol, { a: '2', b: '' }, 'Two');
    assert.equal(await seen(), [['Two', 'One'], ['a', 'b'], '2']);
    await remote.git('update-ref', 'refs/heads/main', 'main~1');
    assert.equal(await seen(), [['One'], ['a'], '1']);
    await remote.git('update-ref', '-d', 'refs/heads/main');
    assert.equal(await seen(), [[], [], undefined]);
  }));

test('readAll: many files with one call, byte for byte, also the missing and the empty', () =>
  withBareRemote(async (remote) => {
    const files = { 'a.yaml': 'x: ü\n\n', 'b/c.yaml': '', 'd.yaml': 'no newline' };
    await remote.pushAs({ name: 'p', email: 'p@example.com' }, files, 'files');
    assert.equal(await remote.readAll('main', ['b/c.yaml', 'none', 'a.yaml', 'd.yaml']), [
      '',
      undefined,
      'x: ü\n\n',
      'no newline',
    ]);
  }));

test.run();
