/**
 * Every expected failure has a code of this closed union. Codes are also the reasons of conditions and Events,
 * so they are written as Kubernetes writes reasons: CamelCase.
 */
export type ErrorCode =
  // Remote repository
  | 'SecretNotFound'
  | 'InvalidSecret'
  | 'AuthenticationFailed'
  | 'HostKeyRejected'
  | 'CertificateRejected'
  | 'RepositoryNotFound'
  | 'RemoteUnreachable'
  | 'PushRejected'
  | 'PermissionDenied'
  | 'InvalidUrl'
  | 'InvalidBranch'
  | 'InvalidPath'
  | 'InvalidTemplate'
  | 'InvalidSpec'
  | 'LocalRepositoriesNotAllowed'
  | 'GitFailed'
  | 'CloneDamaged'
  | 'DiskFull'
  | 'TimedOut'
  | 'Backlogged'
  // The machine
  | 'DataDirInUse'
  // Kubernetes API
  | 'ApiUnreachable'
  | 'Forbidden'
  | 'NotFound'
  | 'Conflict'
  | 'Gone'
  | 'ApiError'
  | 'InvalidResponse'
  | 'LeadershipLost'
  // Capture
  | 'ObjectTooLarge'
  | 'FileNotRecognized'
  | 'GitRepoConfigNotFound';

/**
 * An expected failure. `message` is one sentence for a person and never holds a secret;
 * `retry` tells whether the same call may succeed later without anyone changing its input.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly retry: boolean;

  constructor(code: ErrorCode, message: string, options: { retry?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.retry = options.retry ?? false;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Anything that a call of the API server threw, as an error with a code: what has none may pass by itself. */
export function apiErrorOf(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError('ApiError', messageOf(error), { retry: true });
}
