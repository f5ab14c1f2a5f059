import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shaOf } from './allowances.ts';
import type { Version } from './cluster.ts';
import { History, type Past } from './history.ts';
import { type Case, violationsIn, type Witness } from './oracle.ts';
import { authorOf } from './requests.ts';

const email = 'operator@example.com';
const x = 'one/a/x.yaml';
const y = 'one/a/y.yaml';

/** A change of the cluster, so many seconds after the beginning. */
function change(version: number, path: string, content: string | null, second: number): Version {
  return { version, resource: 'a', path, content, atMs: second * 1000 };
}

/** A commit on top of the one before; of a person, unless it is of a change. */
type Told =
  | { readonly of: Version }
  | { readonly path: string; readonly content: string | null; readonly at: number };

function commitOf(told: Told, sha: string, parent: string | null): Past {
  const isOwn = 'of' in told;
  const { path, content } = isOwn ? told.of : told;
  const atS = isOwn ? Math.floor(told.of.atMs / 1000) : told.at;
  const person = { name: 'Person', email: 'person@example.com', atS };
  return {
    sha,
    parents: parent === null ? [] : [parent],
    author: isOwn ? { ...authorOf(told.of.version), atS } : person,
    committer: isOwn ? { name: 'Operator', email, atS: atS + 1 } : person,
    message: isOwn ? `v${told.of.version} of ${email}\n` : 'person\n',
    changed: new Map([[path, shaOf(content)]]),
    brought: new Set([path]),
  };
}

interface Story {
  readonly changes: readonly Version[];
  /** What the branch holds, the oldest first. */
  readonly log: readonly Told[];
  /** What people took away, each upon nothing. */
  readonly removed?: readonly Told[];
  readonly knows?: Partial<Witness>;
}

function violationsOf({ changes, log, removed = [], knows = {} }: Story): readonly string[] {
  const commits = log.map((told, at) => commitOf(told, `log${at}`, at === 0 ? null : `log${at - 1}`));
  const gone = removed.map((told, at) => commitOf(told, `gone${at}`, null));
  const history = new History(new Map([...commits, ...gone].map((one) => [one.sha, one])));
  const tree = new Map<string, string>();
  for (const { changed } of commits)
    for (const [path, sha] of changed)
      if (sha === null) tree.delete(path);
      else tree.set(path, sha);
  const witness: Witness = {
    name: 'first',
    email,
    cluster: {
      history: [...changes],
      current: new Map(changes.map((version) => [version.path, version])),
      resources: ['a', 'b'],
    },
    told: [],
    droppedFiles: [],
    handedIn: new Map(),
    excused: new Set(),
    compared: new Set(),
    ...knows,
  };
  const found: Case = {
    history,
    log: history.upTo(commits.at(-1)?.sha ?? null),
    removed: new Set(gone.map(({ sha }) => sha)),
    tree,
    operators: [witness],
    ahead: new Set(),
  };
  return violationsIn(found);
}

function allowed(story: Story): void {
  assert.equal(violationsOf(story), []);
}

function caught(story: Story, expected: RegExp): void {
  const violations = violationsOf(story);
  assert.ok(
    violations.some((one) => expected.test(one)),
    `not ${expected}: ${violations.join('; ') || 'nothing'}`,
  );
}

const put = change(100, x, 'kind: 1', 10);
const other = change(101, y, 'kind: 2', 12);
const person = (at: number, content: string | null = 'kind: person') => ({ path: x, content, at });
const compared = new Set([100]);

test('a change may be committed twice only where somebody overwrote it with what is older, and a comparison made it', () => {
  const restored = { changes: [put], log: [{ of: put }, person(5), { of: put }] };
  allowed({ ...restored, knows: { compared } });
  caught(restored, /v100 .* is committed twice/);
  caught(
    { changes: [put], log: [person(5), { of: put }, { of: put }], knows: { compared } },
    /committed twice/,
  );
  const later = { changes: [put], log: [{ of: put }, person(20), { of: put }], knows: { compared } };
  caught(later, /committed twice/);
  caught(later, /overwrites log1, which is later/);
});

test('a change may stand above a later one only of another object, made by a comparison for what somebody else did', () => {
  const late = { changes: [put, other], log: [person(5), { of: other }, { of: put }] };
  allowed({ ...late, knows: { compared } });
  caught(late, /v101 stands before v100/);
  const alone = { changes: [put, other], log: [{ of: other }, { of: put }], knows: { compared } };
  caught(alone, /v101 stands before v100/);
  allowed({ ...alone, removed: [{ of: put }] });
  caught({ ...alone, removed: [{ of: other }] }, /v101 stands before v100/);
  const again = change(101, x, 'kind: 2', 12);
  const same = { changes: [put, again], log: [person(5), { of: again }, { of: put }], knows: { compared } };
  caught(same, /v101 stands before v100/);
});

test('a change that was told dropped may be there only after it was handed over again, or after a rewrite', () => {
  const drop = {
    path: x,
    author: authorOf(100).name,
    reason: 'the branch has a later commit of this path',
    life: 0,
  };
  const story = { changes: [put], log: [{ of: put }] };
  const knows = (life: number) => ({ droppedFiles: [drop], handedIn: new Map([[100, life]]) });
  allowed({ ...story, knows: knows(1) });
  caught({ ...story, knows: knows(0) }, /is told dropped, and is there/);
  allowed({ ...story, knows: knows(0), removed: [person(20)] });
  const elsewhere = { path: y, content: 'kind: person', at: 20 };
  caught({ ...story, knows: knows(0), removed: [elsewhere] }, /is told dropped, and is there/);
});

test('a change may be dropped only for what somebody else wrote, later or not recognised', () => {
  const told = (reason: string) => ({
    droppedFiles: [{ path: x, author: authorOf(100).name, reason, life: 0 }],
    excused: new Set<number>(),
  });
  const later = told('the branch has a later commit of this path');
  const missing = { changes: [put] };
  caught({ ...missing, log: [person(5)], knows: later }, /is dropped, and nothing in Git is later/);
  caught(
    { ...missing, log: [], knows: told('not recognised') },
    /is dropped, and nobody else wrote that file/,
  );
  assert.not.ok(
    violationsOf({ ...missing, log: [person(20)], knows: later }).some((one) => /is dropped/.test(one)),
  );
});

test('a change may be missing where somebody else made the same', () => {
  allowed({ changes: [put], log: [person(20, put.content)] });
  caught({ changes: [put], log: [person(20)] }, /v100 .* is missing/);
  const removal = change(102, x, null, 15);
  allowed({ changes: [put, removal], log: [{ of: put }, person(20, null)] });
  caught({ changes: [put, removal], log: [{ of: put }, person(5)] }, /v102 DELETE .* is missing/);
});

test('what came back as it was before may be missing only where nothing stood between', () => {
  const again = change(103, x, put.content, 15);
  allowed({ changes: [put, again], log: [{ of: put }] });
  const between = change(102, x, 'kind: 3', 12);
  caught({ changes: [put, between, again], log: [{ of: put }, { of: between }] }, /v103 .* is missing/);
  const told = [{ version: again, outcome: { kind: 'Committed', sha: 'lost', refused: [] } }] as never;
  caught({ changes: [put, again], log: [{ of: put }], knows: { told } }, /v103 .* is missing/);
});

test('a deletion may be missing where somebody took the file away', () => {
  const removal = change(102, x, null, 15);
  const kept = { path: y, content: 'prose', at: 1 };
  const story = { changes: [removal], log: [kept], removed: [{ of: put }] };
  allowed(story);
  caught({ ...story, removed: [] }, /v102 DELETE .* is missing/);
  caught({ ...story, changes: [put], removed: [person(5)] }, /v100 .* is missing/);
});

test('what may not be touched is left alone, and what is an object is not', () => {
  const excused = new Set([100]);
  const missing = (content: string) => violationsOf({ changes: [put], log: [person(5, content)] });
  assert.not.ok(missing('prose 1\n').some((one) => /is missing/.test(one)));
  assert.ok(missing('kind: person').some((one) => /is missing/.test(one)));
  caught({ changes: [put], log: [person(5)], knows: { excused } }, /what stands there is older/);
});

test('a file is as its last writer left it, also where somebody took commits away', () => {
  // Whoever commits on top of a change has seen it, whatever the date.
  allowed({ changes: [put], log: [{ of: put }, person(5)] });
  const newer = change(102, x, 'kind: 3', 12);
  const excused = new Set([102]);
  caught({ changes: [put, newer], log: [{ of: put }], knows: { excused } }, /nobody else wrote it later/);
  caught({ changes: [put, newer], log: [{ of: put }, person(5)], knows: { excused } }, /there is older/);
  const rewritten = { changes: [put], log: [person(5)], removed: [{ of: put }], knows: { compared } };
  caught({ ...rewritten, knows: { excused: new Set([100]) } }, /what stands there is older/);
  allowed({ ...rewritten, log: [person(5), { of: put }] });
  allowed({ ...rewritten, log: [person(20)], knows: { excused: new Set([100]) } });
});

test.run();
