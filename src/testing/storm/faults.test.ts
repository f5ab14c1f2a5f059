import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Allowances, assertNoFaults, faultsOf, type StormFacts } from './faults.ts';
import { Ledger } from './ledger.ts';
import type { StormCommit } from './storm-commits.ts';

const path = 'namespaces/a/ConfigMap/storm-0.yaml';
const email = 'operator@example.com';
const at = { fromMs: 10, toMs: 20 };

/** An object that ann creates (2) and changes (4), ben deletes, and ann creates again (7). */
function storm(): Ledger {
  const ledger = new Ledger();
  const ann = { path, user: 'ann', ...at };
  ledger.versions.push(
    { ...ann, uid: 'u1', operation: 'CREATE', resourceVersion: '2', marker: 'm1' },
    { ...ann, uid: 'u1', operation: 'UPDATE', resourceVersion: '4', marker: 'm2' },
    { ...ann, uid: 'u2', operation: 'CREATE', resourceVersion: '7', marker: 'm3' },
  );
  ledger.deletions.push({ path, uid: 'u1', user: 'ben', ...at });
  ledger.statusWrites.add(`${path} 5`);
  return ledger;
}

function commit(operation: string, version: string, author: string, change: Partial<StormCommit> = {}) {
  return {
    sha: `${operation}-${version}-${author}`,
    parents: 1,
    author,
    committerEmail: email,
    committedAtMs: 0,
    subject: `[${operation}] ConfigMap/storm-0 in ns/a by user/${author}`,
    message: `[${operation}] …\n\n- Resource Version: ${version}\n`,
    paths: [path],
    ...change,
  };
}

const good = [
  commit('CREATE', '2', 'ann'),
  commit('UPDATE', '4', 'ann'),
  commit('DELETE', '6', 'ben'),
  commit('CREATE', '7', 'ann'),
];

const facts = (commits: readonly StormCommit[], change: Partial<StormFacts> = {}): StormFacts => ({
  ledger: storm(),
  cluster: new Map([[path, 'm3']]),
  tree: new Map([[path, 'm3']]),
  commits,
  operatorEmail: email,
  tips: [],
  others: [],
  ...change,
});

const without = (index: number) => good.filter((_, nth) => nth !== index);
const instead = (index: number, one: StormCommit) => good.map((two, nth) => (nth === index ? one : two));
const always = () => true;

const cases: readonly [
  name: string,
  facts: StormFacts,
  faults: readonly string[],
  allowances?: Allowances,
][] = [
  ['all is well', facts(good), []],
  ['people in between', facts([...good, commit('x', '', 'carol', { subject: 'x', paths: ['a', 'b'] })]), []],
  ['a lost update', facts(without(1)), ['lost']],
  ['one that may be summed up', facts(without(1)), [], { maySum: always }],
  ['a lost deletion', facts(without(2)), ['deletion']],
  [
    'a deletion twice',
    facts([...good.slice(0, 3), commit('DELETE', '6', 'ben'), ...good.slice(3)]),
    ['twice', 'deletion'],
  ],
  [
    'an update twice',
    facts([...good.slice(0, 2), commit('UPDATE', '4', 'ann'), ...good.slice(2)]),
    ['twice'],
  ],
  ['out of order', facts([good[1], good[0], good[2], good[3]] as StormCommit[]), ['order']],
  ['a wrong author', facts(instead(1, commit('UPDATE', '4', 'ben'))), ['author']],
  ['a wrong author of a deletion', facts(instead(2, commit('DELETE', '6', 'ann'))), ['author']],
  ['nobody, though it was up', facts(instead(1, commit('UPDATE', '4', 'unknown'))), ['author']],
  [
    'nobody, for it was down',
    facts(instead(1, commit('UPDATE', '4', 'unknown'))),
    [],
    { mayBeUnknown: always },
  ],
  [
    'somebody else, while it was down',
    facts(instead(1, commit('UPDATE', '4', 'ben'))),
    ['author'],
    { mayBeUnknown: always },
  ],
  ['another operation', facts(instead(1, commit('CREATE', '4', 'ann'))), ['lost']],
  ['a status', facts([...good.slice(0, 2), commit('UPDATE', '5', 'ann'), ...good.slice(2)]), ['invented']],
  [
    'a change found in the version of a status',
    facts(instead(1, commit('UPDATE', '5', 'unknown'))),
    [],
    { maySum: always, mayBeUnknown: always },
  ],
  ['what nobody did', facts([...good, commit('UPDATE', '9', 'ann')]), ['invented']],
  ['an empty commit', facts(instead(1, { ...commit('UPDATE', '4', 'ann'), paths: [] })), ['commit', 'lost']],
  ['a missing file', facts(good, { tree: new Map() }), ['tree']],
  ['an old file', facts(good, { tree: new Map([[path, 'm2']]) }), ['tree']],
  ['a file too many', facts(good, { cluster: new Map() }), ['tree']],
  ['one that is somebody else’s', facts(good, { cluster: new Map() }), [], { foreignPaths: new Set([path]) }],
  ['a tip that is gone', facts(good, { tips: ['CREATE-2-ann', 'gone'] }), ['history']],
  ['a commit that is gone', facts(good, { others: ['gone'] }), ['history']],
  ['versions that went back', facts([]), [], { versionsWentBack: true }],
  ['another prefix', facts(good, { prefix: 'clusters/x' }), ['deletion', 'lost', 'lost', 'lost']],
];

for (const [name, given, faults, allowances] of cases) {
  test(`faultsOf: ${name}`, () =>
    assert.equal(
      faultsOf(given, allowances)
        .map(({ what }) => what)
        .sort(),
      [...faults].sort(),
    ));
}

test('faultsOf: a request without an answer may have been carried out, or not', () => {
  const ledger = new Ledger();
  ledger.doubts.push(
    { path, user: 'ann', marker: 'm1', ...at },
    { path, user: 'ann', marker: undefined, ...at },
  );
  const rest = { ledger, cluster: new Map(), tree: new Map() };
  for (const commits of [[], good.slice(0, 1), [good[0], good[2]] as StormCommit[]])
    assert.equal(faultsOf(facts(commits, rest)), []);
});

test('assertNoFaults shows the first of each sort', () => {
  assertNoFaults([], 'nothing');
  assert.throws(
    () => assertNoFaults(faultsOf(facts([], { tips: ['gone'] })), 'a test'),
    /5 faults after the storm \(a test\):\n {2}history: 1\n.*gone.*\n {2}lost: 3\n {4}CREATE of .*, version 2 \(m1\) by ann/,
  );
});

test.run();
