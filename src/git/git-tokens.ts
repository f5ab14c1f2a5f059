import { spawn } from 'node:child_process';
import { CodedError } from '../errors.ts';
import { gitEnvironment } from './git-environment.ts';

/**
 * What a git command writes, part by part as it comes, however much it is; parts end with `separator`. Who stops reading
 * ends the command. Throws a CodedError when it fails.
 */
export async function* gitTokens(
  dir: string,
  args: readonly string[],
  separator: string,
  input = '',
): AsyncGenerator<string> {
  const child = spawn('git', args, { cwd: dir, env: gitEnvironment(), stdio: ['pipe', 'pipe', 'ignore'] });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  exit.catch(() => {});
  // A command that ended early does not read all: its exit code tells.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  let isOver = false;
  try {
    let rest = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      const tokens = (rest + chunk).split(separator);
      rest = tokens.pop() ?? '';
      yield* tokens;
    }
    if (rest !== '') yield rest;
    const code = await exit;
    isOver = true;
    if (code !== 0)
      throw new CodedError('GitFailed', `git ${args[0]} failed with exit code ${code}`, { retry: true });
  } finally {
    if (!isOver) child.kill();
  }
}
