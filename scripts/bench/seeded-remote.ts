import { type BareRemote, makeBareRemote } from '../../src/testing/bare-remote.ts';
import { gitEnvironment } from '../../src/testing/git-environment.ts';
import { mustRun } from '../../src/testing/run-command.ts';
import { namespaceOf } from './recorded-events.ts';

/** Call `use` with a remote whose branch has so many files that nobody touches, spread over namespaces. */
export async function withSeededRemote<T>(
  files: number,
  namespaces: number,
  use: (remote: BareRemote) => Promise<T>,
): Promise<T> {
  const remote = await makeBareRemote();
  try {
    const lines = [
      'blob\nmark :1\ndata 16\nkind: ConfigMap\n\n',
      'commit refs/heads/main\ncommitter Seed <seed@example.com> 1700000000 +0000\ndata 5\nSeed\n',
    ];
    for (let at = 0; at < files; at++)
      lines.push(`M 100644 :1 namespaces/${namespaceOf(at, namespaces)}/ConfigMap/other-${at}.yaml\n`);
    const args = ['fast-import', '--quiet'];
    await mustRun('git', args, { cwd: remote.path, env: gitEnvironment(), input: lines.join('') });
    return await use(remote);
  } finally {
    await remote.remove();
  }
}
