import { join } from 'node:path';
import type { BareRemote } from './bare-remote.ts';
import { gitEnvironment, type Person } from './git-environment.ts';
import { gatePass } from './push-gate.ts';
import { mustRun, runCommand } from './run-command.ts';
import { makeTempDir } from './temp-dir.ts';

/** What a commit makes of a file, given what stands there now. */
export type Edit = string | ((existing: string | undefined) => string);

/** Somebody with a bare clone (and a pass for every PushGate) and no worktree: from fetch to push it takes a few processes only. */
export interface QuickPusher {
  /** Fetch, commit on top, push; undefined when somebody else was quicker. */
  tryPush(files: Readonly<Record<string, Edit>>, message: string): Promise<string | undefined>;
  remove(): Promise<void>;
}

/** Make a clone. Whoever makes it removes it. */
export async function makeQuickPusher(
  remote: BareRemote,
  person: Person,
  branch = 'main',
): Promise<QuickPusher> {
  const temp = await makeTempDir('pusher');
  const ref = `refs/heads/${branch}`;
  const context = { cwd: join(temp.path, 'clone.git'), env: { ...gitEnvironment(person), ...gatePass } };
  const git = (...args: string[]) => runCommand('git', args, context);
  await mustRun('git', ['init', '--quiet', '--bare', context.cwd], { env: context.env });
  return {
    async tryPush(files, message) {
      const fetched = await git('fetch', '--quiet', '--no-tags', remote.path, `+${ref}:${ref}`);
      const lines = [
        ...['feature done', `commit ${ref}`, `committer ${person.name} <${person.email}> now`],
        ...[`data ${Buffer.byteLength(message)}`, message],
        ...(fetched.code === 0 ? [`from ${ref}^0`] : []),
      ];
      for (const [path, edit] of Object.entries(files)) {
        const content = typeof edit === 'string' ? edit : edit(await existing(path));
        lines.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(content)}`, content);
      }
      lines.push('done', '');
      const importing = ['fast-import', '--quiet', '--force', '--date-format=now'];
      await mustRun('git', importing, { ...context, input: lines.join('\n') });
      const { stdout } = await git('rev-parse', ref);
      const { code } = await git('push', '--quiet', remote.path, ref);
      return code === 0 ? stdout.trim() : undefined;
    },
    remove: temp.remove,
  };

  async function existing(path: string): Promise<string | undefined> {
    const { code, stdout } = await git('cat-file', 'blob', `${ref}:${path}`);
    return code === 0 ? stdout : undefined;
  }
}
