import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { checkTiming, ELECTION_TIMING, type ElectionTiming } from './election-timing.ts';

test('checkTiming takes the defaults', () => checkTiming(ELECTION_TIMING));

test('checkTiming refuses what lets two lead at once, or nobody for long', () => {
  const cases: [Partial<ElectionTiming>, RegExp][] = [
    [{ retryPeriodMs: 0 }, /retry-period has to be more than 0/],
    [{ leaseDurationMs: 15_500 }, /whole seconds/],
    [{ renewDeadlineMs: 15_000 }, /lease-duration has to be longer than --leader-elect-renew-deadline/],
    [{ renewDeadlineMs: 2_400 }, /renew-deadline has to be longer than 1.2 times/],
  ];
  for (const [change, words] of cases) {
    try {
      checkTiming({ ...ELECTION_TIMING, ...change });
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof CodedError);
      assert.is(error.code, 'InvalidSpec');
      assert.match(error.message, words);
    }
  }
});

test.run();
