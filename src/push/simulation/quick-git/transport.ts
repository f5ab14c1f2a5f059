import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerOfHook } from '../hooks.ts';
import type { Programs } from '../programs.ts';
import { LeftToGit } from './left-to-git.ts';
import type { Answer } from './reading-commands.ts';
import { type Memory, Repository } from './repository.ts';
import { objectsToFetch, objectsToPush, writePack } from './send-objects.ts';
import { bordersAfter, type Depth } from './shallow-history.ts';
import { ancestorsOf } from './walk-history.ts';

/** `git ls-remote --symref <url> HEAD <ref> [<ref>]` */
export function lsRemote(memory: Memory, args: readonly string[]): Answer {
  const [how, url = '', ...names] = args;
  if (how !== '--symref' || names[0] !== 'HEAD') throw new LeftToGit(args.join(' '));
  const remote = remoteAt(url, memory);
  const head = remote.ref(remote.headRef);
  const lines = head === null ? [] : [`ref: ${remote.headRef}\tHEAD\n`, `${head}\tHEAD\n`];
  for (const name of names.slice(1).sort()) {
    const sha = remote.ref(name);
    if (sha !== null) lines.push(`${sha}\t${name}\n`);
  }
  return lines.join('');
}

/** `git fetch … [--depth=<n> | --deepen=<n>] <url> +<ref>:<ref>`, or without a ref to be moved. */
export function fetch(repository: Repository, memory: Memory, args: readonly string[]): Answer {
  const rest = args.filter((arg) => !['--progress', '--no-tags', '--no-write-fetch-head'].includes(arg));
  const [, how, generations] = /^--(depth|deepen)=(\d+)$/.exec(rest[0] ?? '') ?? [];
  const depth: Depth | null =
    how === undefined
      ? null
      : { kind: how === 'depth' ? 'FromTip' : 'Beyond', generations: Number(generations) };
  const [url = '', refspec = '', ...more] = depth === null ? rest : rest.slice(1);
  const [, from, to] = /^\+?(refs\/[^:]+)(?::(refs\/[^:]+))?$/.exec(refspec) ?? [];
  if (from === undefined || more.length > 0) throw new LeftToGit(args.join(' '));
  const remote = remoteAt(url, memory);
  if (remote.borders.size > 0) throw new LeftToGit('a shallow remote');
  if (to !== undefined) repository.checkWritable(to);
  const tip = remote.ref(from);
  if (tip === null) return { exitCode: 128, stderr: `fatal: couldn't find remote ref ${from}\n` };
  const borders = bordersAfter(repository, remote, tip, depth);
  writePack(repository.dir, objectsToFetch(repository, tip, remote, borders));
  repository.setBorders(borders);
  if (to !== undefined && repository.ref(to) !== tip) repository.setRef(to, tip);
  return '';
}

/** What a push does to one ref of the remote. */
interface Push {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string;
  readonly isForced: boolean;
  status: string;
}

/** `git push --porcelain … <url> <commit>:<ref> …`, as send-pack and receive-pack do it together. */
export function push(
  repository: Repository,
  memory: Memory,
  args: readonly string[],
  run: Programs['run'],
): Answer {
  const { url, isAtomic, pushes, stderr } = preparePush(repository, memory, args);
  if (stderr !== null) return { exitCode: 128, stderr };
  const remote = remoteAt(url, memory);
  const complaints: string[] = [];
  const going = pushes.filter(({ status }) => status === '');
  const rejected = pushes.find(({ status }) => status.startsWith('[rejected]'));
  if (isAtomic && rejected !== undefined) {
    for (const one of going) one.status = '[rejected] (atomic push failed)';
    complaints.push(
      `error: atomic push failed for ref ${rejected.ref}. status: 7`,
      'fatal: the remote end hung up unexpectedly',
    );
  } else if (going.length > 0) receive(repository, remote, going, isAtomic, run, complaints);
  const lines = pushes.map((one) => ({ ...one, line: lineOf(one) }));
  const rank = ({ status }: Push) => (status === '[up to date]' ? 0 : status === '' ? 1 : 2);
  const isBad = pushes.some((one) => rank(one) === 2);
  if (isBad) complaints.push(`error: failed to push some refs to '${url}'`);
  const isBehind = pushes.some(({ status }) => /\((fetch first|non-fast-forward)\)/.test(status));
  if (isBehind) complaints.push("hint: See the 'Note about fast-forwards' in 'git push --help' for details.");
  const sorted = lines.toSorted((one, other) => rank(one) - rank(other));
  return {
    exitCode: isBad ? 1 : 0,
    stdout: `To ${url}\n${sorted.map(({ line }) => line).join('')}Done\n`,
    stderr: complaints.map((line) => `${line}\n`).join(''),
  };
}

function preparePush(repository: Repository, memory: Memory, args: readonly string[]) {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const [url = '', ...refspecs] = args.filter((arg) => !arg.startsWith('-'));
  const leases = new Map<string, string>();
  for (const flag of flags) {
    const [, ref, value] = /^--force-with-lease=(refs\/[^:]+):([0-9a-f]*)$/.exec(flag) ?? [];
    if (ref !== undefined) leases.set(ref, value ?? '');
    else if (!['--porcelain', '--progress', '--no-verify', '--atomic', '--force'].includes(flag))
      throw new LeftToGit(flag);
  }
  const remote = remoteAt(url, memory);
  const isAtomic = flags.includes('--atomic');
  if (isAtomic && /advertiseAtomic = false/.test(readFileSync(join(remote.dir, 'config'), 'utf8'))) {
    const stderr = 'fatal: the receiving end does not support --atomic push\n';
    return { url, isAtomic, pushes: [], stderr: `${stderr}fatal: the remote end hung up unexpectedly\n` };
  }
  const isForced = flags.includes('--force');
  const asked = refspecs.map((refspec): Push => {
    const [, to = '', ref = ''] = /^([0-9a-f]{40}):(refs\/.+)$/.exec(refspec) ?? [];
    repository.commit(to);
    remote.checkWritable(ref);
    const from = remote.ref(ref);
    const { status, forces } = statusOf(repository, { ref, from, to }, leases.get(ref), isForced);
    return { ref, from, to, isForced: forces, status };
  });
  // Refs that the remote has come first, as it lists them.
  const known = asked
    .filter(({ from }) => from !== null)
    .sort((one, other) => (one.ref < other.ref ? -1 : 1));
  return { url, isAtomic, pushes: [...known, ...asked.filter(({ from }) => from === null)], stderr: null };
}

/** What the sender itself says of a ref; empty: it goes. */
function statusOf(
  repository: Repository,
  { ref, from, to }: Pick<Push, 'ref' | 'from' | 'to'>,
  lease: string | undefined,
  isForced: boolean,
): { readonly status: string; readonly forces: boolean } {
  if (ref.startsWith('refs/tags/')) throw new LeftToGit(ref);
  if (from === to) return { status: '[up to date]', forces: false };
  let status = '';
  let forces = isForced;
  if (lease !== undefined) {
    if (lease.replace(/^0+$/, '') === (from ?? '')) forces = true;
    else status = '[rejected] (stale info)';
  } else if (from !== null) {
    if (!repository.has(from)) status = '[rejected] (fetch first)';
    else if (!ancestorsOf(repository, [to]).has(from)) status = '[rejected] (non-fast-forward)';
  }
  return isForced ? { status: '', forces } : { status, forces };
}

/** The receiving side: hooks, objects, refs. */
function receive(
  repository: Repository,
  remote: Repository,
  pushes: readonly Push[],
  isAtomic: boolean,
  run: Programs['run'],
  complaints: string[],
): void {
  const objects = new Map(pushes.flatMap(({ to }) => [...objectsToPush(repository, to, remote)]));
  const hook = (name: string, args: readonly string[]) => {
    const file = join(remote.dir, 'hooks', name);
    if (!existsSync(file)) return true;
    const said =
      answerOfHook(readFileSync(file, 'latin1'), args) ??
      run([file, ...args], { cwd: remote.dir, env: { PATH: process.env.PATH } });
    for (const text of [said.stdout, said.stderr])
      for (const line of text.toString().split('\n').slice(0, -1)) complaints.push(`remote: ${line}        `);
    return said.exitCode === 0;
  };
  if (!hook('pre-receive', [])) {
    for (const one of pushes) one.status = '[remote rejected] (pre-receive hook declined)';
    return;
  }
  writePack(remote.dir, objects);
  for (const one of pushes) {
    if (hook('update', [one.ref, one.from ?? '0'.repeat(40), one.to])) continue;
    one.status = '[remote rejected] (hook declined)';
    complaints.push(`remote: error: hook declined to update ${one.ref}        `);
    if (isAtomic) break;
  }
  if (isAtomic && pushes.some(({ status }) => status !== ''))
    for (const one of pushes) one.status ||= '[remote rejected] (atomic push failure)';
  for (const { ref, to, status } of pushes) if (status === '') remote.setRef(ref, to);
}

function lineOf({ ref, from, to, status, isForced }: Push): string {
  const what = `${to}:${ref}`;
  if (status === '[up to date]') return `=\t${what}\t${status}\n`;
  if (status !== '') return `!\t${what}\t${status}\n`;
  if (from === null) return `*\t${what}\t[new ${ref.startsWith('refs/heads/') ? 'branch' : 'reference'}]\n`;
  const [old, now] = [from.slice(0, 7), to.slice(0, 7)];
  return isForced ? `+\t${what}\t${old}...${now} (forced update)\n` : ` \t${what}\t${old}..${now}\n`;
}

function remoteAt(url: string, memory: Memory): Repository {
  if (!url.startsWith('file://')) throw new LeftToGit(url);
  return new Repository(fileURLToPath(url), memory);
}
