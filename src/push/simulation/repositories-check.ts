import { existsSync } from 'node:fs';
import { gitEnvironment } from '../../testing/git-environment.ts';
import type { Programs } from './programs.ts';
import { Memory, Repository } from './quick-git/repository.ts';

/** Where all refs of repositories stand. */
export function refsOf(dirs: readonly string[]): readonly string[] {
  const refsIn = (dir: string) => {
    const repository = new Repository(dir, new Memory());
    repository.checkWhole();
    return repository.refs();
  };
  return dirs.flatMap((dir) => (existsSync(dir) ? refsIn(dir).map((ref) => ref.join(' ')) : []));
}

/** The remote holds no ref that nobody asked for. */
export function strangeRefs(remote: string): readonly string[] {
  const isKnown = (ref: string) =>
    ref === 'refs/heads/main' || /^refs\/gitops-reverser\/cursors\/[0-9a-f]{16}$/.test(ref);
  const names = new Repository(remote, new Memory()).refs().map(([name]) => name);
  return names.filter((name) => !isKnown(name)).map((name) => `the remote has a ref ${name}`);
}

/** What git finds wrong with repositories. */
export function faultsIn(programs: Programs, dirs: readonly string[]): readonly string[] {
  return dirs.flatMap((cwd) => {
    const args = ['git', 'fsck', '--no-dangling'];
    const { exitCode, stderr } = programs.run(args, { cwd, env: gitEnvironment() });
    return exitCode === 0 ? [] : [`git fsck: ${stderr}`];
  });
}
