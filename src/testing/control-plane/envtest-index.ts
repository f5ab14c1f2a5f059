import type { Platform } from './versions.ts';

/** One archive of the index: where it is, and the SHA-512 of its bytes in hex. */
export interface EnvtestArchive {
  readonly version: string;
  readonly url: string;
  readonly sha512: string;
}

/**
 * The archive of the wanted version in `envtest-releases.yaml` of kubernetes-sigs/controller-tools; where that
 * patch release was never packed, the newest earlier one of the same minor version. `undefined` when there is none.
 *
 * The index has one fixed shape (file name, then `hash` and `selfLink`), so lines are matched, not YAML parsed.
 * An index of another shape has no archive in it.
 */
export function findEnvtestArchive(
  index: string,
  version: string,
  platform: Platform,
): EnvtestArchive | undefined {
  const entry = new RegExp(
    String.raw`^\s*envtest-v(\d+\.\d+\.\d+)-${platform.os}-${platform.arch}\.tar\.gz:[ \t]*\n((?:[ \t]+(?:hash|selfLink):.*\n?)+)`,
    'gm',
  );
  const [major, minor, patch] = numbers(version);
  let best: EnvtestArchive | undefined;
  for (const [, found = '', fields = ''] of index.matchAll(entry)) {
    const [foundMajor, foundMinor, foundPatch] = numbers(found);
    if (foundMajor !== major || foundMinor !== minor || foundPatch > patch) continue;
    if (best !== undefined && foundPatch <= numbers(best.version)[2]) continue;
    const sha512 = /hash:\s*"?([0-9a-f]{128})\b/.exec(fields)?.[1];
    const url = /selfLink:\s*"?(https?:\/\/[^\s"]+)/.exec(fields)?.[1];
    if (sha512 !== undefined && url !== undefined) best = { version: found, url, sha512 };
  }
  return best;
}

function numbers(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
}
