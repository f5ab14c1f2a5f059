import { simpleGit } from 'simple-git';
import { CodedError, messageOf } from '../errors.ts';
import { classifyGitFailure } from './classify.ts';
import { type Environment, gitEnvironment } from './git-environment.ts';
import { gitLimits } from './git-limits.ts';
import { removeStaleLock } from './stale-lock.ts';

/** What one git command said. An exit code other than 0 is an answer, not an exception. */
export interface GitOutput {
  /** -1 when git could not be started or was ended. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Set when the command did not end by itself. */
  readonly endedBy: 'timeout' | 'abort' | null;
}

export interface GitOptions {
  /** Standard input. */
  readonly input?: string | Buffer;
  /** The environment of a command that talks to a remote. Default: one that may talk to none. */
  readonly env?: Environment;
  /** Ends the command. */
  readonly signal?: AbortSignal;
  /** Default: `gitLimits.localTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Ends a command that writes nothing for so long. Default: none. */
  readonly silenceMs?: number;
}

/** Runs short git commands in one repository. The only importer of simple-git. */
export interface Git {
  readonly dir: string;
  /** Runs a command and returns whatever came of it. */
  run(args: readonly string[], options?: GitOptions): Promise<GitOutput>;
  /** Runs a command that has to succeed and returns its standard output; throws a CodedError otherwise. */
  ok(args: readonly string[], options?: GitOptions): Promise<string>;
}

/** What happened to a git command, for metrics. */
export type GitObserver = (operation: {
  readonly name: string;
  readonly ok: boolean;
  readonly durationMs: number;
}) => void;

/** Everything that this program sets itself; simple-git refuses these unless told that they are meant. */
const meant = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeSshCommand: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeTemplateDir: true,
};

/** Git in `dir`, which must exist. */
export function createGit(dir: string, observe: GitObserver = () => {}): Git {
  const local = gitEnvironment();

  async function run(args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
    const env = options.env ?? local;
    const startedAt = performance.now();
    const output = await execute(dir, args, env, options);
    // The command is tried again, by whoever runs it.
    if (output.exitCode !== 0) await removeStaleLock(dir, output.stderr);
    observe({
      name: args[0] ?? '',
      ok: output.exitCode === 0,
      durationMs: performance.now() - startedAt,
    });
    return output;
  }

  return {
    dir,
    run,
    async ok(args, options) {
      const output = await run(args, options);
      if (output.exitCode === 0) return output.stdout;
      const { code, message, retry } = classifyGitFailure(output);
      throw new CodedError(code, message, { retry });
    },
  };
}

async function execute(
  dir: string,
  args: readonly string[],
  env: Environment,
  options: GitOptions,
): Promise<GitOutput> {
  if (options.signal?.aborted) return { exitCode: -1, stdout: '', stderr: '', endedBy: 'abort' };
  // One deadline for the whole command: simple-git's own timeout only measures silence.
  const ender = new AbortController();
  const end = () => ender.abort();
  const deadline = setTimeout(end, options.timeoutMs ?? gitLimits.localTimeoutMs);
  options.signal?.addEventListener('abort', end);

  let ended: { exitCode: number; stdout: Buffer[]; stderr: Buffer[] } | null = null;
  let failure: unknown = null;
  try {
    const git = simpleGit({
      baseDir: dir,
      abort: ender.signal,
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')),
      unsafe: meant,
      // By default simple-git takes what was read 50 ms after the exit for the whole output.
      completion: { onClose: true, onExit: gitLimits.closeGraceMs },
      ...(options.silenceMs === undefined ? {} : { timeout: { block: options.silenceMs } }),
      ...(options.input === undefined ? {} : { input: () => options.input }),
      // Otherwise a non-zero exit with nothing on stderr resolves, and any other loses exit code and stdout.
      errors(error, result) {
        ended = { exitCode: result.exitCode, stdout: result.stdOut, stderr: result.stdErr };
        if (result.exitCode > 0) return undefined;
        return error;
      },
    });
    // simple-git waits 50 ms after a command that said nothing. It has to hear something, if only of the end.
    git.outputHandler((_command, stdout) => stdout.once('end', () => stdout.emit('data', Buffer.alloc(0))));
    await git.env(env).raw([...args]);
  } catch (error) {
    failure = error;
  } finally {
    clearTimeout(deadline);
    options.signal?.removeEventListener('abort', end);
  }
  const said = ended as { exitCode: number; stdout: Buffer[]; stderr: Buffer[] } | null;
  const stdout = said === null ? '' : Buffer.concat(said.stdout).toString('utf8');
  const stderr = said === null ? '' : Buffer.concat(said.stderr).toString('utf8');
  const endedBy = reasonOfEnd(failure, options.signal);
  if (failure === null && said !== null) return { exitCode: said.exitCode, stdout, stderr, endedBy: null };
  return { exitCode: -1, stdout, stderr: stderr === '' ? messageOf(failure) : stderr, endedBy };
}

function reasonOfEnd(failure: unknown, signal: AbortSignal | undefined): 'timeout' | 'abort' | null {
  const plugin = (failure as { plugin?: string } | null)?.plugin;
  if (plugin === 'timeout') return 'timeout';
  if (plugin !== 'abort') return null;
  return signal?.aborted === true ? 'abort' : 'timeout';
}
