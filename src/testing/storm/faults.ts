import type { Ledger, LedgerVersion, Span } from './ledger.ts';
import type { StormCommit } from './storm-commits.ts';

/** What is known after a storm: what was done, what the cluster holds, and what stands in Git. */
export interface StormFacts {
  readonly ledger: Ledger;
  /** Path to marker of every object that the rules select. */
  readonly cluster: ReadonlyMap<string, string>;
  /** Path to marker of every file below the prefix. */
  readonly tree: ReadonlyMap<string, string>;
  /** The branch's commits, oldest first. */
  readonly commits: readonly StormCommit[];
  /** `spec.path` of the GitRepoConfig. Default: ''. */
  readonly prefix?: string;
  readonly operatorEmail: string;
  /** Every tip of the branch that was seen on the remote. */
  readonly tips: readonly string[];
  /** Commits that other people pushed. */
  readonly others: readonly string[];
}

/** What a storm may cost. Default of each: nothing. */
export interface Allowances {
  /** These may be summed up with what came later: the API server did not have the versions any more. */
  readonly maySum?: (span: Span) => boolean;
  /** The author of these may be unknown: the operator was down. A wrong one never is right. */
  readonly mayBeUnknown?: (span: Span) => boolean;
  /** Here somebody else may have the last word. */
  readonly foreignPaths?: ReadonlySet<string>;
  /** Versions count from an older one again: commits cannot be told by them. Then only tree and history are compared. */
  readonly versionsWentBack?: boolean;
}

export interface Fault {
  readonly what:
    | 'tree'
    | 'lost'
    | 'twice'
    | 'order'
    | 'invented'
    | 'deletion'
    | 'author'
    | 'history'
    | 'commit';
  readonly text: string;
}

const SHOWN_MAX = 6;

/** Everything in which Git is not as it should be after the storm. Pure. */
export function faultsOf(facts: StormFacts, allowances: Allowances = {}): Fault[] {
  const faults = [...treeFaults(facts, allowances), ...historyFaults(facts)];
  if (allowances.versionsWentBack) return faults;
  return [...faults, ...versionFaults(facts, allowances)];
}

/** Throws an error that counts the faults and shows the first few of each sort. */
export function assertNoFaults(faults: readonly Fault[], context: string): void {
  if (faults.length === 0) return;
  const sorts = [...new Set(faults.map(({ what }) => what))].map((what) => {
    const ofSort = faults.filter((fault) => fault.what === what);
    const shown = ofSort.slice(0, SHOWN_MAX).map(({ text }) => `    ${text}`);
    return `  ${what}: ${ofSort.length}\n${shown.join('\n')}`;
  });
  throw new Error(`${faults.length} faults after the storm (${context}):\n${sorts.join('\n')}`);
}

function treeFaults({ cluster, tree }: StormFacts, { foreignPaths }: Allowances): Fault[] {
  const faults: Fault[] = [];
  const fault = (text: string) => faults.push({ what: 'tree', text });
  for (const [path, marker] of cluster) {
    if (foreignPaths?.has(path)) continue;
    const found = tree.get(path);
    if (found === undefined) fault(`${path} is missing, the cluster has ${marker}`);
    else if (found !== marker) fault(`${path} has ${found || 'no marker'}, the cluster has ${marker}`);
  }
  for (const path of tree.keys()) {
    if (!cluster.has(path) && !foreignPaths?.has(path)) fault(`${path} is in Git only`);
  }
  return faults;
}

function historyFaults({ commits, tips, others }: StormFacts): Fault[] {
  const known = new Set(commits.map(({ sha }) => sha));
  const gone = (shas: readonly string[], whose: string) =>
    [...new Set(shas)]
      .filter((sha) => !known.has(sha))
      .map((sha): Fault => ({ what: 'history', text: `${whose} ${sha} is no longer in the branch` }));
  const merges = commits.filter(({ parents }) => parents > 1);
  return [
    ...gone(tips, 'the former tip'),
    ...gone(others, "somebody else's commit"),
    ...merges.map(({ sha }): Fault => ({ what: 'history', text: `${sha} is a merge` })),
  ];
}

/** An operator's commit of one change, as its message tells it. */
interface Told {
  readonly commit: StormCommit;
  readonly operation: string;
  readonly version: string;
}

/** The operator's commits of single changes, by the path they change. */
function toldByPath({ commits, operatorEmail, prefix = '' }: StormFacts, faults: Fault[]) {
  const below = prefix === '' ? '' : `${prefix}/`;
  const told = new Map<string, Told[]>();
  for (const commit of commits) {
    const operation = /^\[(CREATE|UPDATE|DELETE)\] /.exec(commit.subject)?.[1];
    if (commit.committerEmail !== operatorEmail || operation === undefined) continue;
    const [path = '', ...more] = commit.paths;
    if (path === '' || more.length > 0) {
      faults.push({ what: 'commit', text: `${nameOf(commit)} changes ${commit.paths.length} files` });
    }
    // Another GitRepoConfig's on the same branch.
    if (path === '' || !path.startsWith(below)) continue;
    const version = /^- Resource Version: (\d+)$/m.exec(commit.message)?.[1] ?? '';
    const key = path.slice(below.length);
    told.set(key, [...(told.get(key) ?? []), { commit, operation, version }]);
  }
  return told;
}

function versionFaults(facts: StormFacts, allowances: Allowances): Fault[] {
  const { ledger } = facts;
  const faults: Fault[] = [];
  const told = toldByPath(facts, faults);
  const versions = groupBy(ledger.versions);
  const deletions = groupBy(ledger.deletions);
  const doubts = groupBy(ledger.doubts);
  for (const path of new Set([...versions.keys(), ...told.keys()])) {
    if (allowances.foreignPaths?.has(path)) continue;
    const one: OnePath = {
      path,
      told: told.get(path) ?? [],
      versions: (versions.get(path) ?? []).sort(
        (a, b) => Number(a.resourceVersion) - Number(b.resourceVersion),
      ),
      deletions: deletions.get(path) ?? [],
      doubts: doubts.get(path) ?? [],
    };
    faults.push(...lost(one, allowances), ...repeated(one), ...invented(one, ledger));
    faults.push(...deleted(one, allowances), ...misattributed(one, allowances));
  }
  return faults;
}

interface OnePath {
  readonly path: string;
  readonly told: readonly Told[];
  /** In the order of their versions. */
  readonly versions: readonly LedgerVersion[];
  readonly deletions: Ledger['deletions'];
  readonly doubts: Ledger['doubts'];
}

function lost({ path, told, versions }: OnePath, { maySum }: Allowances): Fault[] {
  const committed = new Map(told.map((one) => [one.version, one]));
  return versions.flatMap((version): Fault[] => {
    const { operation, resourceVersion, user, marker } = version;
    const found = committed.get(resourceVersion);
    if (found?.operation === operation || maySum?.(version)) return [];
    const what = `${operation} of ${path}, version ${resourceVersion} (${marker}) by ${user}`;
    return [{ what: 'lost', text: found ? `${what}: committed as ${found.operation}` : what }];
  });
}

function repeated({ path, told }: OnePath): Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, StormCommit>();
  let before = 0;
  for (const { commit, version } of told) {
    const first = seen.get(version);
    if (first !== undefined) {
      faults.push({
        what: 'twice',
        text: `${path}, version ${version}: ${nameOf(first)}, ${nameOf(commit)}`,
      });
    } else if (Number(version) < before) {
      faults.push({ what: 'order', text: `${path}, version ${version} after ${before}: ${nameOf(commit)}` });
    }
    seen.set(version, commit);
    before = Math.max(before, Number(version));
  }
  return faults;
}

/** Commits of what nobody did: neither in the ledger, nor in doubt; or of a status only. */
function invented({ path, told, versions, doubts }: OnePath, ledger: Ledger): Fault[] {
  const known = new Set(versions.map(({ resourceVersion }) => resourceVersion));
  const committed = new Set(told.map(({ version }) => version));
  return told.flatMap(({ commit, operation, version }): Fault[] => {
    if (operation === 'DELETE' || known.has(version)) return [];
    const text = `${nameOf(commit)}, version ${version}`;
    if (ledger.statusWrites.has(`${path} ${version}`)) {
      // After a gap, it is the version in which a change was found; but not where that has its own commit.
      const change = versions
        .filter(({ resourceVersion }) => Number(resourceVersion) < Number(version))
        .at(-1);
      const isOwn = change !== undefined && committed.has(change.resourceVersion);
      return isOwn ? [{ what: 'invented', text: `${text}: only the status was written` }] : [];
    }
    return doubts.some(({ marker }) => marker !== undefined) ? [] : [{ what: 'invented', text }];
  });
}

/** One DELETE for each life; and none where nobody deleted. */
function deleted({ path, told, deletions, doubts }: OnePath, { maySum }: Allowances): Fault[] {
  const found = told.filter(({ operation }) => operation === 'DELETE').length;
  const least = deletions.filter((one) => !maySum?.(one)).length;
  const most = deletions.length + doubts.filter(({ marker }) => marker === undefined).length;
  if (found >= least && found <= most) return [];
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  const life = told.map(({ operation, version, commit }) => {
    const isFound = commit.message.includes('Found gone after a gap');
    return `${operation} ${version}${isFound ? ' (found gone)' : ''}`;
  });
  const was = deletions.map(({ fromMs, toMs }) => `${fromMs}-${toMs}`);
  const text = `${path} has ${found} DELETE commits, should have ${wanted}: ${life.join(', ')}; deleted at ${was}`;
  return [{ what: 'deletion', text }];
}

function misattributed(one: OnePath, { mayBeUnknown, maySum }: Allowances): Fault[] {
  const { path, told, versions, deletions } = one;
  const byVersion = new Map(versions.map((version) => [version.resourceVersion, version]));
  const byLife = new Map(deletions.map((deletion) => [deletion.uid, deletion]));
  return told.flatMap(({ commit, operation, version }): Fault[] => {
    // The life that ended is that of the last version before: commits in between may be missing.
    const life = versions.filter((one) => Number(one.resourceVersion) < Number(version)).at(-1)?.uid;
    const done = operation === 'DELETE' ? byLife.get(life ?? '') : byVersion.get(version);
    if (done === undefined || commit.author === done.user) return [];
    // What stands for several versions may be nobody's.
    if (commit.author === 'unknown' && (mayBeUnknown?.(done) || maySum?.(done))) return [];
    // A list may tell the object's creation in the version of a later change.
    const wanted =
      'operation' in done ? `the ${done.operation} of ${done.user}` : `the deletion by ${done.user}`;
    const took = `answered after ${done.toMs - done.fromMs} ms`;
    return [
      {
        what: 'author',
        text: `${path}, ${operation} in version ${version}: by ${commit.author}, is ${wanted} (${took})`,
      },
    ];
  });
}

function groupBy<T extends { readonly path: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.path);
    if (group === undefined) groups.set(one.path, [one]);
    else group.push(one);
  }
  return groups;
}

function nameOf({ sha, subject }: StormCommit): string {
  return `${sha.slice(0, 10)} ${subject}`;
}
