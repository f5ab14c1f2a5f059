import { rmSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.ts';
import { consoleLog } from '../src/testing/console-log.ts';
import { ensureBinaries } from '../src/testing/control-plane/ensure-binaries.ts';
import { bundleVariable } from '../src/testing/operator-bundle.ts';
import { makeTempDir } from '../src/testing/temp-dir.ts';
import { bundle } from './bundle.ts';
import { busySince } from './test-gate/busy-processors.ts';
import { compiledFlags, compiledVariable, compileTests } from './test-gate/compile-tests.ts';
import { longestFirst, shareOf } from './test-gate/durations.ts';
import { e2eFolders, findTests, unitFolders } from './test-gate/find-tests.ts';
import { openRightsFolder } from './test-gate/rights-folder.ts';
import type { Job, JobResult } from './test-gate/run-job.ts';
import { runJobs } from './test-gate/run-jobs.ts';

const help = `Usage: npm test -- [options] [PATTERN...]

The whole gate: type check, lint, unit tests, then tests on a real control plane (e2e). The first run may have to
build the control plane, which takes some minutes. PATTERN selects the jobs whose name contains it, such as
"sanitize", "e2e/capture" or "lint".

  --unit    everything but e2e
  --e2e     only e2e
  --help    this text

The last line is "N passed, N failed"; the exit code is 1 when something failed.
`;

const limits = {
  checkMs: 5 * 60_000,
  unitFileMs: 3 * 60_000,
  e2eFileMs: 8 * 60_000,
  /**
   * Go collects garbage when the heap has grown so much. An API server takes a fifth less processor time to start than
   * with Go's own 100, and 100 MB more memory.
   */
  goHeapGrowthPercent: 400,
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const print = (line: string) => void process.stdout.write(`${line}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined || options.values.help) {
    process.stdout.write(help);
    return options === undefined ? 2 : 0;
  }
  const { unit, e2e } = options.values;
  const wanted = (job: Job) =>
    options.positionals.length === 0 || options.positionals.some((pattern) => job.name.includes(pattern));
  const quick =
    e2e && !unit ? [] : [...checks(), ...testFiles(unitFolders, limits.unitFileMs)].filter(wanted);
  const slow = unit && !e2e ? [] : testFiles(e2eFolders, limits.e2eFileMs).filter(wanted);

  const rights = await openRightsFolder(root);
  const results = quick.length + slow.length === 0 ? [] : [...(await runAll(quick, slow))];
  const isWhole = slow.length === findTests(root, e2eFolders).length;
  // What a failed test did not come to would count as never used.
  if (!isWhole || results.some(({ failed }) => failed > 0)) {
    print('skipped rights: not all end-to-end tests ran and passed');
  } else results.push(...(await runJobs([rights.job], 1, root, report)));
  await rights.remove();
  if (results.length === 0) {
    print(`No test matches ${options.positionals.join(' ')}`);
    print('0 passed, 1 failed');
    return 1;
  }
  return conclude(results);
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { unit: { type: 'boolean' }, e2e: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n`);
    return undefined;
  }
}

/** What counts as one test each. */
function checks(): Job[] {
  const bin = (name: string) => join(root, 'node_modules', '.bin', name);
  const check = { judge: 'exit-code', timeoutMs: limits.checkMs } as const;
  return [
    { ...check, name: 'type check', command: bin('tsc'), args: ['--noEmit'] },
    { ...check, name: 'lint', command: bin('biome'), args: ['check', '--error-on-warnings', '.'] },
  ];
}

/** One process per file: uvu's state is global, and a file may not see what another left behind. */
function testFiles(folders: readonly string[], timeoutMs: number): Job[] {
  return findTests(root, folders).map((file) => ({
    name: file,
    command: process.execPath,
    args: [...compiledFlags, file],
    judge: 'uvu',
    timeoutMs,
    share: shareOf(file),
  }));
}

/** Everything at once, so that no processor waits at the end of a part. */
async function runAll(quick: readonly Job[], slow: readonly Job[]): Promise<readonly JobResult[]> {
  const made = await makeTempDir('gate');
  process.once('exit', () => rmSync(made.path, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const failed = await failureOf('compilation', () => prepare(made.path));
  if (failed !== undefined) return [failed];
  // Without the programs no end-to-end test can pass, so that is one failure instead of many alike.
  const missing = slow.length === 0 ? undefined : await failureOf('control plane', ensurePrograms);
  const jobs = longestFirst([...quick, ...(missing === undefined ? slow : [])]);
  const env = environment(made.path);
  const began = cpus();
  const startedAt = performance.now();
  const results = await runJobs(
    jobs.map((job) => ({ ...job, env })),
    availableParallelism(),
    root,
    report,
    watchProcessors(),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  print(`${busySince(began).toFixed(2)} of ${began.length} processors were busy for ${seconds.toFixed(0)} s`);
  return missing === undefined ? results : [...results, missing];
}

/** How many processors were busy since the last call; undefined where they are not all ours, as in a limited container. */
function watchProcessors(): () => number | undefined {
  let last = cpus();
  return () => {
    const now = cpus();
    const busy = busySince(last, now);
    last = now;
    return now.length === availableParallelism() ? busy : undefined;
  };
}

/** What all tests need, made once. */
async function prepare(dir: string): Promise<void> {
  await Promise.all([compileTests(root, dir), bundle(bundleIn(dir))]);
}

async function ensurePrograms(): Promise<void> {
  await ensureBinaries({ log: consoleLog(print) });
}

function bundleIn(dir: string): string {
  return join(dir, 'gitops-reverser.mjs');
}

function environment(dir: string): NodeJS.ProcessEnv {
  const GOGC = process.env.GOGC ?? String(limits.goHeapGrowthPercent);
  return { [compiledVariable]: dir, [bundleVariable]: bundleIn(dir), GOGC };
}

/** The failed result of what throws. */
async function failureOf(name: string, work: () => Promise<void>): Promise<JobResult | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const result = { name, passed: 0, failed: 1, skipped: 0, ms: 0, output: messageOf(error) };
    report(result);
    return result;
  }
}

/** One line per job; of a failed one everything it wrote. */
function report(result: JobResult): void {
  const { name, passed, failed, skipped, problem, ms, cpuMs, output } = result;
  const counts = [`${passed} passed`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (skipped > 0) counts.push(`${skipped} skipped`);
  const seconds = `${(ms / 1000).toFixed(1)} s${cpuMs === undefined ? '' : ` (cpu ${(cpuMs / 1000).toFixed(1)} s)`}`;
  const why = problem === undefined ? '' : ` (${problem})`;
  print(`${failed === 0 ? 'ok    ' : 'FAILED'} ${name}  ${seconds}  ${counts.join(', ')}${why}`);
  if (failed > 0) print(`${output.trimEnd()}\n`);
}

/** The list of what failed, and the last line. */
function conclude(results: readonly JobResult[]): number {
  const sum = (count: (result: JobResult) => number) => results.reduce((all, one) => all + count(one), 0);
  const failed = sum((result) => result.failed);
  for (const result of results.filter((one) => one.failed > 0)) print(`FAILED ${result.name}`);
  print(`${sum((result) => result.passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
