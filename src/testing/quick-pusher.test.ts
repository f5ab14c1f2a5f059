import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from './bare-remote.ts';
import { makeQuickPusher } from './quick-pusher.ts';

const carol = { name: 'Carol', email: 'carol@example.com' };

test('makeQuickPusher adds and edits files on top of what others pushed', () =>
  withBareRemote(async (remote) => {
    const pusher = await makeQuickPusher(remote, carol);
    try {
      const first = await pusher.tryPush({ 'a/b.yaml': 'one\n' }, 'first');
      const second = await remote.pushAs({ name: 'Dave', email: 'dave@example.com' }, { c: 'two' }, 'second');
      const third = await pusher.tryPush({ 'a/b.yaml': (text) => `${text}three ö\n`, d: '' }, 'third');
      assert.equal(
        (await remote.log()).map(({ sha, author, subject }) => [sha, author.name, subject]),
        [
          [third, 'Carol', 'third'],
          [second, 'Dave', 'second'],
          [first, 'Carol', 'first'],
        ],
      );
      assert.is(await remote.read('main', 'a/b.yaml'), 'one\nthree ö\n');
      assert.equal(await remote.files(), ['a/b.yaml', 'c', 'd']);
    } finally {
      await pusher.remove();
    }
  }));

test.run();
