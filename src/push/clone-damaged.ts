import { CodedError } from '../errors.ts';
import { CLONE_DAMAGED } from '../git/classify.ts';

/** The error of a clone that cannot be worked in until it is made anew. */
export function cloneDamaged(cause?: unknown): CodedError {
  return new CodedError('CloneDamaged', CLONE_DAMAGED, {
    retry: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
