import { CodedError, messageOf } from '../errors.ts';

/** What the system says of files becomes a CodedError. */
export async function codingErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new CodedError('DiskFull', 'No space is left on the disk', { retry: true, cause: error });
    throw new CodedError('GitFailed', `The local clone cannot be written: ${messageOf(error)}`, {
      retry: true,
      cause: error,
    });
  }
}
