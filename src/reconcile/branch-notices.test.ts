import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BranchState } from '../push/branch-state.ts';
import { BranchNotices } from './branch-notices.ts';

type State = Pick<BranchState, 'error' | 'rewrites' | 'losses'>;
const well: State = { error: null, rewrites: 0, losses: 0 };
const failing = (code: 'RemoteUnreachable' | 'PushRejected'): State => ({
  ...well,
  error: { code, message: `it is ${code}`, since: 0 },
});

function givenNotices() {
  const told: string[] = [];
  const notices = new BranchNotices((type, reason) => told.push(`${type} ${reason}`));
  return {
    notices,
    note: (state: State, isAtWork = true) => notices.note(state as BranchState, isAtWork),
    told: () => told.splice(0),
  };
}

test('BranchNotices.note tells of a failure once, and of its end', () => {
  const { notices, note, told } = givenNotices();
  assert.equal(note(well), { isOtherFailure: false, hasToBeCompared: false });
  assert.equal(told(), []);
  assert.is(note(failing('RemoteUnreachable')).isOtherFailure, true);
  assert.is(note(failing('RemoteUnreachable')).isOtherFailure, false);
  assert.is(notices.isFailing, true);
  assert.is(note(failing('PushRejected')).isOtherFailure, true);
  assert.equal(told(), ['Warning RemoteUnreachable', 'Warning PushRejected']);
  assert.is(note(well).isOtherFailure, true);
  assert.equal(told(), ['Normal Recovered']);
  assert.is(notices.isFailing, false);
});

test('BranchNotices.note has a branch compared once for what happened to it, when there is something to compare', () => {
  const { note, told } = givenNotices();
  const rewritten = { ...well, rewrites: 1 };
  assert.is(note(rewritten, false).hasToBeCompared, false);
  assert.equal(told(), []);
  assert.is(note(rewritten).hasToBeCompared, true);
  assert.is(note(rewritten).hasToBeCompared, false);
  assert.equal(told(), ['Warning BranchRewritten']);
  assert.is(note({ ...well, rewrites: 2, losses: 1 }).hasToBeCompared, true);
  assert.equal(told(), ['Warning BranchRewritten', 'Warning CloneDamaged']);
});

test.run();
