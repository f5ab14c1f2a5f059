import { setImmediate } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createClone } from '../git/clone.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { CloneMender, type MendedBranch } from './clone-mender.ts';
import { createTurn, type Turn } from './turn.ts';

interface Fixture {
  readonly mender: CloneMender;
  /** What was done, in order. */
  readonly told: string[];
  readonly turns: readonly Turn[];
  /** Why the branch `b` is not restored, while it is set. */
  readonly failing: { why: string | null };
  mend(): Promise<void>;
}

/** A mender of a clone in which the branches `a` and `b` are worked on. */
function withMender(use: (fixture: Fixture) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const clone = createClone({ dir });
    await clone.prepare('sha1');
    const mender = new CloneMender(clone);
    const told: string[] = [];
    const failing: { why: string | null } = { why: null };
    const branchOf = (name: string, turn: Turn): MendedBranch => ({
      turn,
      wake() {},
      salvage: async () => void told.push(`salvage ${name}`),
      restore: async () => {
        if (name === 'b' && failing.why !== null) throw new Error(failing.why);
        told.push(`restore ${name}`);
      },
    });
    const turns = [createTurn(), createTurn()];
    for (const [at, turn] of turns.entries()) mender.join(branchOf(at === 0 ? 'a' : 'b', turn));
    const look = async () => {
      told.push('look');
      return 'sha1' as const;
    };
    const mend = () => mender.mend(look, new AbortController().signal);
    await use({ mender, told, turns, failing, mend });
    await clone.close();
  }, 'mender');
}

const all = ['look', 'salvage a', 'salvage b', 'restore a', 'restore b'];

test('CloneMender mends once for all who ask, and nothing that is whole', () =>
  withMender(async ({ mender, told, mend }) => {
    await mend();
    assert.equal(told, []);
    mender.tellDamaged();
    await Promise.all([mend(), mend()]);
    assert.equal(told, all);
    assert.is(mender.isDamaged, false);
  }));

test('CloneMender waits for work and turns that have begun, and lets others wait', () =>
  withMender(async ({ mender, told, turns, mend }) => {
    mender.tellDamaged();
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const working = mender.work(async () => {
      await ended;
      told.push('worked');
    });
    const committing = turns[1]?.(async () => {
      await ended;
      told.push('committed');
    });
    const mended = mend();
    const later = mender.work(async () => void told.push('works again'));
    // Whoever does not wait goes on here.
    for (let turns = 0; turns < 20; turns++) await setImmediate();
    assert.equal(told, []);
    end();
    await Promise.all([working, committing, mended, later]);
    assert.equal(
      told.filter((one) => one !== 'committed'),
      ['worked', ...all, 'works again'],
    );
    assert.ok(told.indexOf('committed') < told.indexOf('salvage a'), told.join(', '));
  }));

test('CloneMender leaves what fails to be done again', () =>
  withMender(async ({ mender, told, failing, mend }) => {
    mender.tellDamaged();
    failing.why = 'the remote is down';
    await mend().then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, 'the remote is down'),
    );
    assert.is(mender.isDamaged, true);
    await mender.work(async () => {});
    failing.why = null;
    told.length = 0;
    await mend();
    assert.equal(told, all);
    assert.is(mender.isDamaged, false);
  }));

test.run();
