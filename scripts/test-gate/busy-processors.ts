import { type CpuInfo, cpus } from 'node:os';

/** How many processors of the machine were busy on average since `since`; NaN when no time has gone by. */
export function busySince(since: readonly CpuInfo[], now: readonly CpuInfo[] = cpus()): number {
  const [before, after] = [sumOf(since), sumOf(now)];
  const all = after.all - before.all;
  return (1 - (after.idle - before.idle) / all) * now.length;
}

function sumOf(processors: readonly CpuInfo[]): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of processors) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
