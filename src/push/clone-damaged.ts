import { CodedError } from '../errors.ts';

/** What is told of a clone that cannot be worked in until it is made anew. */
export function cloneDamaged(cause?: unknown): CodedError {
  const message = 'The local clone is damaged, and is made anew';
  return new CodedError('CloneDamaged', message, { retry: true, ...(cause === undefined ? {} : { cause }) });
}
