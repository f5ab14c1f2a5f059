import { foreignOf, isMadeLate, isNothingToCommit, isOutdated, isRestored, shaOf } from './allowances.ts';
import type { Cluster, Version } from './cluster.ts';
import { type History, type Past, readHistory } from './history.ts';
import type { Operator } from './operator.ts';
import type { SimulatedRemote } from './remote.ts';
import { authorOf, nameOf } from './requests.ts';

/** What the oracle knows of an operator. */
export interface Witness
  extends Pick<Operator, 'email' | 'told' | 'droppedFiles' | 'handedIn' | 'excused' | 'compared'> {
  readonly name: string;
  readonly cluster: Pick<Cluster, 'history' | 'current' | 'resources'>;
}

/** What the oracle knows of one run. */
export interface Case {
  readonly history: History;
  /** Everything the branch holds at the end. */
  readonly log: ReadonlySet<string>;
  /** What people took away. */
  readonly removed: ReadonlySet<string>;
  readonly tree: ReadonlyMap<string, string>;
  readonly operators: readonly Witness[];
  /** Committer e-mails of people whose clocks are ahead. */
  readonly ahead: ReadonlySet<string>;
}

/**
 * Compares what is in Git with what the rules of DESIGN.md section 7 say. Returns every violation in words.
 * To be asked when all operators are quiet.
 */
export function judge(
  remote: SimulatedRemote,
  operators: readonly Operator[],
  ahead: ReadonlySet<string>,
): readonly string[] {
  const history = readHistory(remote);
  const { tip } = remote;
  const removed = new Set<string>();
  const problems = operators.flatMap(({ problems, options }) =>
    problems.map((one) => `${options.name}: ${one}`),
  );
  remote.tips.forEach(({ sha, by, forced }, at) => {
    const before = remote.tips[at - 1]?.sha ?? null;
    const kept = history.upTo(sha);
    const lost = [...history.upTo(before)].filter((one) => !kept.has(one));
    if (forced) for (const one of lost) removed.add(one);
    else if (lost.length > 0) problems.push(`${by} rewrote history: ${lost.length} commits are gone`);
  });
  if (removed.size === 0) problems.push(...operators.flatMap(({ resumedShort }) => resumedShort));
  const found: Case = {
    history,
    log: history.upTo(tip),
    removed,
    tree: remote.objects.files(tip === null ? null : remote.objects.readCommit(tip).tree),
    operators: operators.map((operator) => ({
      name: operator.options.name,
      cluster: operator.options.cluster,
      email: operator.email,
      told: operator.told,
      droppedFiles: operator.droppedFiles,
      handedIn: operator.handedIn,
      excused: operator.excused,
      compared: operator.compared,
    })),
    ahead,
  };
  return [...problems, ...violationsIn(found)];
}

/** Every violation of the rules, in words. */
export function violationsIn(found: Case): readonly string[] {
  return [
    ...foreignLost(found),
    ...found.operators.flatMap((operator) => [
      ...wrongCommits(operator, found),
      ...missing(operator, found),
      ...wrongFiles(operator, found),
    ]),
  ];
}

/** No commit of anybody else is ever lost. */
function foreignLost({ history, log, removed, operators }: Case): string[] {
  const own = new Set(operators.map(({ email }) => email));
  return [...history.commits.values()]
    .filter(({ sha, committer }) => !own.has(committer.email) && !log.has(sha) && !removed.has(sha))
    .map(({ sha, author }) => `the commit ${short(sha)} of ${author.name} is lost`);
}

/** Every own commit is of a version, says it right, stands in order, and overwrites nothing later. */
function wrongCommits(operator: Witness, found: Case): string[] {
  const { cluster, name } = operator;
  const problems: string[] = [];
  const versions = new Map(cluster.history.map((version) => [version.version, version]));
  const made = new Map<number, Past>();
  for (const commit of ownCommits(operator, found)) {
    const version = versions.get(versionOf(commit) ?? -1);
    if (version === undefined) {
      if (!/^gone at \d+ /.test(commit.message)) problems.push(`${short(commit.sha)} is of no change`);
      const strange = [...commit.changed].find(([path]) => !cluster.current.has(path));
      if (strange) problems.push(`${short(commit.sha)} touches ${strange[0]}, which is no object's`);
      continue;
    }
    const about = `${name}: ${nameOf(version)} (${short(commit.sha)})`;
    const other = made.get(version.version);
    if (other !== undefined && !isRestored(operator, version, [other, commit], found))
      problems.push(`${about} is committed twice`);
    made.set(version.version, commit);
    problems.push(...wrongContent(version, commit, about));
    const later = laterForeign(operator, version, commit, found);
    if (later !== null) problems.push(`${about} overwrites ${short(later.sha)}, which is later`);
  }
  for (const resource of cluster.resources) {
    const inOrder = [...made.keys()]
      .filter((version) => versions.get(version)?.resource === resource)
      .sort((a, b) => a - b);
    inOrder.forEach((version, at) => {
      const before = made.get(inOrder[at - 1] ?? -1);
      const commit = made.get(version);
      if (before === undefined || commit === undefined) return;
      const below = found.history.upTo(commit.sha);
      if (below.has(before.sha)) return;
      const [earlier, later] = [versions.get(inOrder[at - 1] ?? -1), versions.get(version)];
      if (earlier === undefined || later === undefined) return;
      if (!isMadeLate(operator, earlier, later, before, found))
        problems.push(`${name}: v${version} stands before v${inOrder[at - 1]}`);
    });
  }
  return problems;
}

function wrongContent(version: Version, commit: Past, about: string): string[] {
  const problems: string[] = [];
  const author = authorOf(version.version);
  if (commit.author.name !== author.name || commit.author.email !== author.email) {
    problems.push(`${about} is credited to ${commit.author.name}`);
  }
  if (commit.author.atS !== Math.floor(version.atMs / 1000))
    problems.push(`${about} has the date of another time`);
  const paths = [...commit.changed.keys()];
  if (paths.length !== 1 || paths[0] !== version.path)
    problems.push(`${about} touches ${paths.join(', ') || 'nothing'}`);
  else if ((commit.changed.get(version.path) ?? null) !== shaOf(version.content)) {
    problems.push(`${about} holds other content`);
  }
  return problems;
}

/** Somebody else's commit below `commit` that is later than the change and of the same path, so that it should stay. */
function laterForeign(operator: Witness, version: Version, commit: Past, found: Case): Past | null {
  const before = foreignOf(operator, version.path, found).filter(
    ({ sha }) => sha !== commit.sha && found.history.upTo(commit.sha).has(sha),
  );
  const made = before.filter(({ changed }) => changed.has(version.path));
  if (made.length === 0) return null;
  // A merge may count for what it brought: then its date is the one that counts, else that of the commit.
  const merges = before.filter(({ parents }) => parents.length > 1);
  const allowed = [...found.history.newest(made), ...merges].find(
    ({ committer }) => committer.atS * 1000 <= version.atMs || found.ahead.has(committer.email),
  );
  return allowed === undefined ? (made[0] ?? null) : null;
}

/** Every version that a watch told is in the log, or it was told why not. */
function missing(operator: Witness, found: Case): string[] {
  const { history, log, removed } = found;
  const { cluster, name } = operator;
  const own = [...history.commits.values()].filter(({ committer }) => committer.email === operator.email);
  const problems: string[] = [];
  for (const version of cluster.history) {
    const commits = own.filter((commit) => versionOf(commit) === version.version);
    const isIn = commits.some(({ sha }) => log.has(sha));
    const drops = operator.droppedFiles.filter(
      ({ path, author }) => path === version.path && author === authorOf(version.version).name,
    );
    if (isIn) {
      if (drops.some((drop) => !isOutdated(drop, operator, version, found)))
        problems.push(`${name}: ${nameOf(version)} is told dropped, and is there`);
      continue;
    }
    if (operator.excused.has(version.version) || commits.some(({ sha }) => removed.has(sha))) continue;
    const told = operator.told.filter((one) => one.version === version).map(({ outcome }) => outcome);
    if (told.some(({ kind }) => kind === 'Unchanged')) continue;
    if (drops.length > 0) {
      const isLater = drops.every(({ reason }) => /later commit/.test(reason));
      if (isLater && !hasLaterForeign(operator, version, found))
        problems.push(`${name}: ${nameOf(version)} is dropped, and nothing in Git is later`);
      else if (foreignOf(operator, version.path, found).length === 0)
        problems.push(`${name}: ${nameOf(version)} is dropped, and nobody else wrote that file`);
      continue;
    }
    if (isNothingToCommit(operator, version, found)) continue;
    const kinds = told.map(({ kind }) => kind).join(', ') || 'nothing';
    problems.push(`${name}: ${nameOf(version)} is missing (told: ${kinds})`);
  }
  return problems;
}

/** Per path, the last writer's content stands. */
function wrongFiles(operator: Witness, found: Case): string[] {
  const { history, log, tree } = found;
  const { cluster, name } = operator;
  const problems: string[] = [];
  for (const [path, version] of cluster.current) {
    const stands = tree.get(path) ?? null;
    if (stands === shaOf(version.content)) continue;
    const writers = [...log]
      .flatMap((sha) => history.commits.get(sha) ?? [])
      .filter(({ brought }) => brought.has(path));
    // A merge may take either side's file: whoever made it decided.
    const last = history.newest(
      writers.filter(({ changed, parents }) => changed.has(path) || parents.length > 1),
    );
    const about = `${name}: ${path} is not as ${nameOf(version)} left it`;
    if (last.every(({ committer }) => committer.email === operator.email)) {
      problems.push(`${about}, and nobody else wrote it later`);
      continue;
    }
    if (
      writers.some(
        (commit) => commit.committer.email === operator.email && versionOf(commit) === version.version,
      )
    )
      continue;
    if (!operator.excused.has(version.version) || version.content === null) continue;
    const told = operator.told.filter((one) => one.version === version);
    const isRefused =
      told.some(({ outcome }) => outcome.kind !== 'Dropped' && outcome.refused.length > 0) ||
      operator.droppedFiles.some((one) => one.path === path && one.author === authorOf(version.version).name);
    const isLater = foreignOf(operator, path, found).some(
      ({ committer }) => committer.atS >= Math.floor(version.atMs / 1000),
    );
    if (!isLater && !isRefused) problems.push(`${about}, and what stands there is older`);
  }
  return problems;
}

function ownCommits(operator: Witness, { history, log }: Case): Past[] {
  return [...log]
    .flatMap((sha) => history.commits.get(sha) ?? [])
    .filter(({ committer }) => committer.email === operator.email);
}

function hasLaterForeign(operator: Witness, version: Version, found: Case): boolean {
  return foreignOf(operator, version.path, found).some(
    ({ committer }) => committer.atS > Math.floor(version.atMs / 1000),
  );
}

function versionOf({ message }: Past): number | null {
  const found = /^v(\d+) of /.exec(message);
  return found === null ? null : Number(found[1]);
}

const short = (sha: string) => sha.slice(0, 7);
