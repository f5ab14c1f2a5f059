import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { supervise } from '../../src/testing/supervise.ts';
import { judgeUvuOutput, type Verdict } from './uvu-output.ts';

/** One process of the gate: a test file, or a check that counts as one test. */
export interface Job {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** How the run is judged: by what uvu printed, or by the exit code. */
  readonly judge: 'uvu' | 'exit-code';
  /** The process and its children are killed after this time. */
  readonly timeoutMs: number;
  /** How many processors it keeps busy, 0 to 1. Default: 1. */
  readonly share?: number;
  /** Beside the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface JobResult extends Verdict {
  readonly name: string;
  readonly ms: number;
  /** Processor time of the job and of all that it started and saw end; undefined when it was killed. */
  readonly cpuMs?: number;
  readonly output: string;
}

/** Output kept per job; of a longer one the end counts. */
const outputCharsMax = 4 * 1024 * 1024;

/** Run a job to its end. It dies with this process. */
export async function runJob(job: Job, cwd: string): Promise<JobResult> {
  const started = performance.now();
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...job.env };
  const times = join(tmpdir(), `gitops-reverser-times-${randomUUID()}`);
  const args = ['-c', timed, times, job.command, ...job.args];
  const running = supervise({ command: '/bin/sh', args, cwd, env });
  let output = '';
  for (const stream of [running.child.stdout, running.child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputCharsMax);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void running.kill();
  }, job.timeoutMs);
  const { code } = await running.exited();
  clearTimeout(timer);
  const cpuMs = readCpuMs(await readFile(times, 'utf8').catch(() => ''));
  await rm(times, { force: true });
  const verdict =
    job.judge === 'uvu' ? judgeUvuOutput({ output, code, timedOut }) : judgeExitCode(code, timedOut);
  const spent = cpuMs === undefined ? {} : { cpuMs };
  return { ...verdict, ...spent, name: job.name, ms: performance.now() - started, output };
}

/** Runs "$@" and writes what the shell's `times` says to the file "$0". */
const timed = '"$@"; code=$?; times >"$0"; exit "$code"';

/** The second line of `times`, such as `0m1.250000s 0m0.300000s`: user and system time of all children. */
function readCpuMs(text: string): number | undefined {
  const [, children] = text.trim().split('\n');
  if (children === undefined) return undefined;
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

function judgeExitCode(code: number | null, timedOut: boolean): Verdict {
  if (timedOut) return { passed: 0, failed: 1, skipped: 0, problem: 'took too long and was killed' };
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}
