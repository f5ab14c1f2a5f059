import { CodedError } from '../errors.ts';

/** How fast leadership passes on. Names and defaults are those of client-go's leader election. */
export interface ElectionTiming {
  /** Others take over this long after they saw the last renewal. Default: 15 s. */
  readonly leaseDurationMs: number;
  /** A leader that could not renew for this long stops to write. Default: 10 s. */
  readonly renewDeadlineMs: number;
  /** Between two attempts to renew or, where no watch tells of the Lease, to acquire. Default: 2 s. */
  readonly retryPeriodMs: number;
}

export const ELECTION_TIMING: ElectionTiming = {
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
};

/** Attempts to acquire are spread over one to this much more of the retry period. */
export const ACQUIRE_JITTER = 1.2;

/**
 * Throws `InvalidSpec` for what client-go refuses, too: a leader has to give up before others take over, and needs
 * time for more than one attempt.
 */
export function checkTiming({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: ElectionTiming): void {
  if (retryPeriodMs <= 0)
    throw new CodedError('InvalidSpec', '--leader-elect-retry-period has to be more than 0');
  if (leaseDurationMs % 1000 !== 0)
    throw new CodedError('InvalidSpec', '--leader-elect-lease-duration has to be whole seconds');
  if (leaseDurationMs <= renewDeadlineMs)
    throw new CodedError(
      'InvalidSpec',
      '--leader-elect-lease-duration has to be longer than --leader-elect-renew-deadline: a leader stops before another begins',
    );
  if (renewDeadlineMs <= retryPeriodMs * ACQUIRE_JITTER)
    throw new CodedError(
      'InvalidSpec',
      `--leader-elect-renew-deadline has to be longer than ${ACQUIRE_JITTER} times --leader-elect-retry-period`,
    );
}
