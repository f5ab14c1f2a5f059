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
}

export interface JobResult extends Verdict {
  readonly name: string;
  readonly ms: number;
  readonly output: string;
}

/** Output kept per job; of a longer one the end counts. */
const outputCharsMax = 4 * 1024 * 1024;

/** Run a job to its end. It dies with this process. */
export async function runJob(job: Job, cwd: string): Promise<JobResult> {
  const started = performance.now();
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const running = supervise({ command: job.command, args: job.args, cwd, env });
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
  const verdict =
    job.judge === 'uvu' ? judgeUvuOutput({ output, code, timedOut }) : judgeExitCode(code, timedOut);
  return { ...verdict, name: job.name, ms: performance.now() - started, output };
}

function judgeExitCode(code: number | null, timedOut: boolean): Verdict {
  if (timedOut) return { passed: 0, failed: 1, skipped: 0, problem: 'took too long and was killed' };
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** Run the jobs, at most `parallel` at a time, in order; `done` hears of each result as it comes. */
export async function runJobs(
  jobs: readonly Job[],
  parallel: number,
  cwd: string,
  done: (result: JobResult) => void,
): Promise<readonly JobResult[]> {
  const waiting = [...jobs];
  const results: JobResult[] = [];
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const result = await runJob(job, cwd);
      results.push(result);
      done(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, work));
  return results;
}
