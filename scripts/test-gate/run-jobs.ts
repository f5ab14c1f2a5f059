import { type Job, type JobResult, runJob } from './run-job.ts';

/** How often it is looked for processors that have nothing to do. */
const lookEveryMs = 1_500;
/** Less than this many busy processors, of those that there are, are too few. */
const busyMin = 0.8;
/** Jobs by their shares, of the processors that there are: more would have too little of them when all wake up. */
const sharesMax = 1.7;

/**
 * Run the jobs, as many at a time as keep `processors` busy; the next to start is the first that fits in. Shares are
 * guesses, and what waits does so at some times only: when processors turn out to idle, one more is started. Beside one
 * that keeps a processor busy all the time there is never more than fits. `done` hears of each result as it comes; `busy` tells
 * how many processors were busy since it was asked last, undefined where that cannot be known.
 */
export async function runJobs(
  jobs: readonly Job[],
  processors: number,
  cwd: string,
  done: (result: JobResult) => void,
  busy: () => number | undefined = () => undefined,
): Promise<readonly JobResult[]> {
  const waiting = [...jobs];
  const running = new Map<Job, Promise<void>>();
  const results: JobResult[] = [];
  const run = async (job: Job) => {
    const result = await runJob(job, cwd);
    running.delete(job);
    results.push(result);
    done(result);
  };
  let mayFill = false;
  while (waiting.length + running.size > 0) {
    let at = waiting.findIndex((job) => fits(job, [...running.keys()], processors));
    if (at < 0 && mayFill) at = waiting.findIndex((job) => fills(job, [...running.keys()], processors));
    const [job] = at < 0 ? [] : waiting.splice(at, 1);
    mayFill = false;
    if (job !== undefined) running.set(job, run(job));
    else mayFill = (await endOrLook(running)) && (busy() ?? processors) < busyMin * processors;
  }
  return results;
}

/** Wait for a job to end, and no longer than until it is time to look; whether it is. */
async function endOrLook(running: ReadonlyMap<Job, Promise<void>>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const look = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), lookEveryMs);
  });
  const isTime = await Promise.race([look, ...[...running.values()].map((end) => end.then(() => false))]);
  clearTimeout(timer);
  return isTime;
}

const shareOf = ({ share = 1 }: Job): number => share;

const sharesOf = (jobs: readonly Job[]): number => jobs.reduce((sum, one) => sum + shareOf(one), 0);

/** Alone, any job fits. */
function fits(job: Job, running: readonly Job[], processors: number): boolean {
  // A thousandth, because thirds do not add up.
  return running.length === 0 || sharesOf(running) + shareOf(job) <= processors + 0.001;
}

/** Can processors that idle take it, beyond what fits? */
function fills(job: Job, running: readonly Job[], processors: number): boolean {
  return (
    [job, ...running].every((one) => shareOf(one) < 1) &&
    sharesOf(running) + shareOf(job) <= processors * sharesMax
  );
}
