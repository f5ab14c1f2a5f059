import { CodedError } from '../errors.ts';
import { branchFault } from '../git/branch.ts';
import { credentialsFrom } from '../git/credentials.ts';
import type { GitObserver } from '../git/git.ts';
import { createRemote, type Remote } from '../git/remote.ts';
import { openRemoteAccess, type RemoteAccess } from '../git/remote-access.ts';
import { parseRemoteUrl } from '../git/remote-url.ts';

/** What a branch worker is told of the remote, unchecked, as it stands in a GitRepoConfig and its Secret. */
export interface RemoteOptions {
  readonly url: string;
  readonly branch: string;
  /** Data of the Secret, or null when there is no secretRef. */
  readonly secretData: Readonly<Record<string, Buffer>> | null;
  readonly allowLocalRepositories: boolean;
  /** Where keys and passwords are written. Default: the system's temporary directory. */
  readonly privateDir?: string;
}

/** A remote with its credentials at hand. */
export interface RemoteSession {
  readonly remote: Remote;
  /** Throws a CodedError that names the directory of the credentials when it cannot be removed. */
  close(): Promise<void>;
}

/** Checks what was given, and makes the credentials usable. Nothing is contacted. Throws a CodedError. */
export async function openRemoteSession(
  options: RemoteOptions,
  observe: GitObserver,
): Promise<RemoteSession> {
  const fault = branchFault(options.branch);
  if (fault !== null) throw fault;
  const parsed = parseRemoteUrl(options.url, options);
  if (!parsed.ok) throw parsed.error;
  const found = credentialsFrom(options.secretData, parsed.remote);
  if (!found.ok) throw found.error;
  const { privateDir } = options;
  let access: RemoteAccess;
  try {
    access = await openRemoteAccess(
      parsed.remote,
      found.credentials,
      privateDir === undefined ? {} : { privateDir },
    );
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const disk = (error as NodeJS.ErrnoException).code;
    throw new CodedError(
      disk === 'ENOSPC' ? 'DiskFull' : 'GitFailed',
      'The credentials cannot be written to disk',
      {
        retry: true,
        cause: error,
      },
    );
  }
  return { remote: createRemote(parsed.remote, access, observe), close: () => access.close() };
}
