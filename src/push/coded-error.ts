import { CodedError, messageOf } from '../errors.ts';

/** Anything that was thrown as an error with a code. A bug becomes GitFailed, which is tried again and seen. */
export function codedErrorOf(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const full = (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC';
  return new CodedError(full ? 'DiskFull' : 'GitFailed', messageOf(error), { retry: true, cause: error });
}
