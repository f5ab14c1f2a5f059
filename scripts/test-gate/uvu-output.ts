/** How a test file ended. */
export interface FileRun {
  /** Both output streams. */
  readonly output: string;
  readonly code: number | null;
  readonly timedOut: boolean;
}

/** What a run of a test file is worth. `problem` says in words why a file failed beyond its failed tests. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problem?: string;
}

/**
 * Judge a test file by what uvu printed, since uvu's exit code is not enough: it is 0 when a hook threw and when
 * a file forgot `test.run()`. At least one failure stands for every way in which a file was not fully run.
 */
export function judgeUvuOutput({ output, code, timedOut }: FileRun): Verdict {
  const totals = readTotals(output);
  if (totals === undefined) {
    const problem = timedOut
      ? 'took too long and was killed'
      : 'printed no summary: it crashed or forgot run()';
    return { passed: 0, failed: 1, skipped: 0, problem };
  }
  const { total, passed, skipped } = totals;
  const failed = Math.max(0, total - passed);
  const atLeastOne = { passed, failed: Math.max(1, failed), skipped };
  if (timedOut) return { ...atLeastOne, problem: 'did not end after its tests and was killed' };
  if (total === 0) return { ...atLeastOne, problem: 'ran no test' };
  if (failed > 0 && code === 0) return { ...atLeastOne, problem: 'a hook threw' };
  if (failed === 0 && code !== 0) return { ...atLeastOne, problem: `exited with ${code}` };
  return { passed, failed, skipped };
}

/** The last summary in the output; uvu leaves skipped tests out of its total. */
function readTotals(output: string): { total: number; passed: number; skipped: number } | undefined {
  const esc = String.fromCharCode(27);
  const plain = output.replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, 'g'), '');
  const summary = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm;
  const last = [...plain.matchAll(summary)].at(-1);
  if (last === undefined) return undefined;
  const [total = 0, passed = 0, skipped = 0] = last.slice(1).map(Number);
  return { total, passed, skipped };
}
