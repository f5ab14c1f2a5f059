import { spawn } from 'node:child_process';

/** What a finished command wrote, and its exit code (`null` when a signal ended it). */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment. Default: this process' own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the command's stdin. Default: empty. */
  readonly input?: string | Uint8Array;
  /** The command is killed after this time. Default: 60 s. */
  readonly timeoutMs?: number;
}

const timeoutDefaultMs = 60_000;
const killAfterMs = 1_000;

/**
 * Run a command to its end and return what it wrote, whatever its exit code.
 * Throws only when it can not be started or exceeds its time.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? timeoutDefaultMs;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: options.cwd, env: options.env ?? process.env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const timer = setTimeout(() => {
      // git ends its helpers when it is asked to end; killed at once it would leave them.
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref();
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new Error(`${command} ${args.join(' ')} took longer than ${timeoutMs} ms`));
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`Cannot run ${command}: ${error.message}`, { cause: error }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        code,
      });
    });
    // A command may exit without reading its input; that is no error.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}

/** Like runCommand, but throws unless the command exits 0; returns its stdout. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await runCommand(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new Error(
    `${command} ${args.join(' ')} exited with ${result.code}: ${result.stderr || result.stdout}`,
  );
}
