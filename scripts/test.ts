import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.ts';
import { consoleLog } from '../src/testing/console-log.ts';
import { ensureBinaries } from '../src/testing/control-plane/ensure-binaries.ts';
import { e2eFolders, findTests, unitFolders } from './test-gate/find-tests.ts';
import { openRightsFolder } from './test-gate/rights-folder.ts';
import { type Job, type JobResult, runJobs } from './test-gate/run-job.ts';

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
  /** Each has its own control plane: about 0.5 GB of memory, and a core while it starts. */
  e2eParallel: 2,
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
  const slow = unit && !e2e ? [] : longestFirst(testFiles(e2eFolders, limits.e2eFileMs)).filter(wanted);

  const rights = await openRightsFolder(root);
  const results = [...(await runJobs(quick, availableParallelism(), root, report))];
  if (slow.length > 0) results.push(...(await runOnControlPlane(slow)));
  const isWhole = slow.length === findTests(root, e2eFolders).length;
  if (isWhole) results.push(...(await runJobs([rights.job], 1, root, report)));
  else print('skipped rights: not all end-to-end tests ran');
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
    args: ['--import', 'tsx', file],
    judge: 'uvu',
    timeoutMs,
  }));
}

/** What takes a minute or so begins first: at the end, no processor waits for the last of them. */
function longestFirst(jobs: readonly Job[]): Job[] {
  const isLong = ({ name }: Job) =>
    /\/(storm|attribution|noise|fail-over|round-trip|examples|install)/.test(name);
  return [...jobs.filter(isLong), ...jobs.filter((job) => !isLong(job))];
}

/** Without the programs no such file can pass, so that is one failure instead of many alike. */
async function runOnControlPlane(jobs: readonly Job[]): Promise<readonly JobResult[]> {
  try {
    await ensureBinaries({ log: consoleLog(print) });
  } catch (error) {
    const output = messageOf(error);
    const result = { name: 'control plane', passed: 0, failed: 1, skipped: 0, ms: 0, output };
    report(result);
    return [result];
  }
  return runJobs(jobs, limits.e2eParallel, root, report);
}

/** One line per job; of a failed one everything it wrote. */
function report(result: JobResult): void {
  const { name, passed, failed, skipped, problem, ms, output } = result;
  const counts = [`${passed} passed`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (skipped > 0) counts.push(`${skipped} skipped`);
  const why = problem === undefined ? '' : ` (${problem})`;
  print(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${name}  ${(ms / 1000).toFixed(1)} s  ${counts.join(', ')}${why}`,
  );
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
