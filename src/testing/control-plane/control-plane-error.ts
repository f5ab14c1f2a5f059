/** Why a control plane, or one of its programs, is not there. */
export type ControlPlaneErrorCode =
  | 'UnsupportedPlatform'
  | 'AssetsIncomplete'
  | 'ToolchainMissing'
  | 'BuildFailed'
  | 'DownloadFailed'
  | 'ChecksumMismatch'
  | 'LockTimedOut'
  | 'ComponentFailed'
  | 'StartTimedOut'
  | 'UnknownUser';

/** An expected failure; `message` tells a person what to do about it. */
export class ControlPlaneError extends Error {
  readonly code: ControlPlaneErrorCode;

  constructor(code: ControlPlaneErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ControlPlaneError';
    this.code = code;
  }
}
