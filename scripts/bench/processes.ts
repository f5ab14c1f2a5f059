import { readdir, readFile } from 'node:fs/promises';

/** Of Linux: the clock of /proc ticks a hundred times a second. */
const TICK_MS = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** User and system time. */
  readonly cpuMs: number;
  /** The same of its children that ended. */
  readonly endedChildrenMs: number;
}

/** Processor time in milliseconds by program, of this process and everything below it. */
export type CpuByProgram = Readonly<Record<string, number>>;

/**
 * What this process and all below it used so far. `operator git` is the git and ssh that the operator runs, `remote` is
 * sshd with the git that it runs, `writers` is this process. Linux only.
 */
export async function cpuByProgram(): Promise<CpuByProgram> {
  const processes = await descendants();
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const used: Record<string, number> = {};
  const add = (program = 'others', ms: number) => {
    used[program] = (used[program] ?? 0) + ms;
  };
  for (const one of processes) {
    let program = programOf(one);
    for (let up = byPid.get(one.parent); program === undefined && up !== undefined; up = byPid.get(up.parent))
      program = childrenOf(programOf(up));
    add(program, one.cpuMs);
    add(childrenOf(program), one.endedChildrenMs);
  }
  return used;
}

/** What was used between two readings. What ended meanwhile and was nobody's child counts as nothing. */
export function cpuBetween(before: CpuByProgram, after: CpuByProgram): CpuByProgram {
  return Object.fromEntries(
    Object.entries(after).map(([program, ms]) => [program, Math.max(0, ms - (before[program] ?? 0))]),
  );
}

/** The operator's memory in MiB: now, and the most that it ever was. */
export async function operatorMemory(): Promise<{ readonly nowMb: number; readonly peakMb: number }> {
  const operator = (await descendants()).find(isOperator);
  if (operator === undefined) throw new Error('There is no operator');
  const status = await readFile(`/proc/${operator.pid}/status`, 'utf8');
  const mb = (field: string) =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024);
  return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}

function isOperator({ command }: Process): boolean {
  return /^\S*node\s.*gitops-reverser\.mjs run /.test(command);
}

function programOf(one: Process): string | undefined {
  if (one.pid === process.pid) return 'writers';
  if (isOperator(one)) return 'operator';
  const name = /^\S*?(kube-apiserver|etcd|kube-controller-manager|sshd)[\s:]/.exec(`${one.command} `)?.[1];
  return name === 'sshd' ? 'remote' : name;
}

/** What a program's children count as; undefined for one that is nobody's. */
function childrenOf(program: string | undefined): string | undefined {
  return program === 'operator' ? 'operator git' : program === 'writers' ? undefined : program;
}

async function descendants(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(pids.map((pid) => readProcess(Number(pid))))).flatMap((one) => one ?? []);
  const children = new Map<number, Process[]>();
  for (const one of all) children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  const found = all.filter(({ pid }) => pid === process.pid);
  for (const one of found) found.push(...(children.get(one.pid) ?? []));
  return found;
}

async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The name in parentheses may hold blanks. Then: state, ppid, …; utime, stime, cutime, cstime are 14 to 17 of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ms = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * TICK_MS;
    return {
      pid,
      parent: Number(fields[1]),
      command: command.replaceAll('\0', ' '),
      cpuMs: ms(11),
      // Those of this process are no writers: whole control planes.
      endedChildrenMs: pid === process.pid ? 0 : ms(13),
    };
  } catch {
    // It ended.
    return undefined;
  }
}
