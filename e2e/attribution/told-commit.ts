import * as assert from 'uvu/assert';
import type { LoggedCommit } from '../../src/testing/bare-remote.ts';
import type { Scenario } from '../../src/testing/scenario.ts';

/** A commit as its message and its author tell it. */
export interface Told {
  readonly commit: LoggedCommit;
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly resourceVersion: string;
  readonly cause: string | undefined;
}

/** Read a commit of one change. Throws unless its message is exactly that of the contract, and its author fits. */
export function tellCommit(commit: LoggedCommit): Told {
  const subject = /^\[(CREATE|UPDATE|DELETE)\] (\w+)\/(\S+)(?: in ns\/(\S+))? by user\/(.+)$/.exec(
    commit.subject,
  );
  assert.ok(subject, `a subject: ${commit.message}`);
  const [, operation = '', kind = '', name = '', namespace = '', user = ''] = subject;
  const resourceVersion = /^- Resource Version: (\d+)$/m.exec(commit.message)?.[1] ?? '';
  const cause = /^- Deleted because (\S+) was deleted$/m.exec(commit.message)?.[1];
  const lines = [
    commit.subject,
    '',
    `- Resource: ${kind}/${name}`,
    ...(namespace === '' ? [] : [`- Namespace: ${namespace}`]),
    `- Operation: ${operation}`,
    `- User: ${user}`,
    `- Timestamp: ${new Date(commit.authorDate).toISOString().replace('.000Z', 'Z')}`,
    `- Resource Version: ${resourceVersion}`,
    ...(kind === 'Widget' ? ['- API Version: example.com/v1'] : []),
    ...(cause === undefined ? [] : [`- Deleted because ${cause} was deleted`]),
  ];
  assert.is(commit.message, lines.join('\n'));
  return { commit, operation, kind, namespace, name, user, resourceVersion, cause };
}

/** `Kind namespace/name`, with a `*` for what somebody else than the user chose of the name. */
export function placeOf({ kind, namespace, name }: Pick<Told, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${starred(kind, name)}`;
}

export function starred(kind: string, name: string): string {
  return kind === 'Pod' || kind === 'ReplicaSet' || name.startsWith('gen-')
    ? name.replace(/-.*$/, '-*')
    : name;
}

export function causeText(cause: string | undefined): string {
  if (cause === undefined) return '';
  const [kind, name] = cause.split('/') as [string, string];
  return ` < ${kind}/${starred(kind, name)}`;
}

export const SYSTEM = 'system:serviceaccount:kube-system:';

/** The commits of single changes, oldest first. */
export async function changesOf({ remote }: Scenario): Promise<Told[]> {
  const log = await remote.log('main');
  return log
    .reverse()
    .filter(({ subject }) => !subject.startsWith('[SNAPSHOT]'))
    .map(tellCommit);
}

/** Add to lists by key; what has a `*` in its key counts once. */
export function note(stories: Record<string, string[]>, place: string, what: string): void {
  stories[place] ??= [];
  const story = stories[place] as string[];
  if (!place.includes('*') || !story.includes(what)) story.push(what);
}

/** Which lines a commit changes. */
export async function changedLines({ remote }: Scenario, sha: string): Promise<string[]> {
  const diff = await remote.git('show', '--format=', '-U0', sha);
  return diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line));
}
