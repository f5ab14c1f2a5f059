/** What git may inherit: how to find programs, a proxy, certificates of the machine. Nothing else. */
const inherited = [
  'PATH',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

export type Environment = Readonly<Record<string, string>>;

/**
 * The environment of every git process: no configuration of the machine or its user, no prompt, English messages.
 *
 * @param config settings that git gets through the environment, so that none stands in argv or on disk
 * @param home a directory for programs that want one
 */
export function gitEnvironment(
  config: readonly (readonly [string, string])[] = [],
  home = '/nonexistent',
): Environment {
  const env: Record<string, string> = {
    HOME: home,
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'none',
    ...memorySettings,
  };
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return withConfig(env, [...baseConfig, ...config]);
}

/**
 * For glibc: git asks for the same 300 KB again for each object that it compresses, and by default they go back to the
 * system each time. Kept, a replay of commits took 12 % less processor time, and a burst beside an API server half of it.
 */
const memorySettings = { MALLOC_TRIM_THRESHOLD_: '16777216', MALLOC_MMAP_THRESHOLD_: '16777216' };

const baseConfig: readonly (readonly [string, string])[] = [
  // The data directory may be a volume that belongs to another user.
  ['safe.directory', '*'],
  // Repacking is started by this program, when nothing else writes.
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['core.logAllRefUpdates', 'false'],
  // Packs are kept as they come: they are synced to disk, and a push reuses their deltas.
  ['fetch.unpackLimit', '1'],
  // Listings are hashes, which nothing compresses: more effort made packs no smaller.
  ['pack.compression', '1'],
  // Bounds memory and the cores taken from the cluster; packs are small or reuse what is there.
  ['pack.threads', '1'],
  ['pack.windowMemory', '64m'],
];

function withConfig(
  env: Record<string, string>,
  config: readonly (readonly [string, string])[],
): Environment {
  config.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return { ...env, GIT_CONFIG_COUNT: String(config.length) };
}
