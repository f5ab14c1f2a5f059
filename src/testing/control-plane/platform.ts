import { ControlPlaneError } from './control-plane-error.ts';
import type { Platform } from './versions.ts';

/** This machine's platform. Throws `UnsupportedPlatform` where there is no control plane to run. */
export function thisPlatform(os: string = process.platform, arch: string = process.arch): Platform {
  const cpu = arch === 'x64' ? 'amd64' : arch;
  if ((os === 'linux' || os === 'darwin') && (cpu === 'amd64' || cpu === 'arm64')) return { os, arch: cpu };
  throw new ControlPlaneError(
    'UnsupportedPlatform',
    `The control plane runs on Linux and macOS, amd64 or arm64, not on ${os}/${arch}`,
  );
}
