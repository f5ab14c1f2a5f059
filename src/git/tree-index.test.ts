import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type TreeEntry, TreeIndex } from './tree-index.ts';

/** The same without any economy. */
class Model {
  readonly files = new Map<string, TreeEntry>();

  obstacle(path: string): string | null {
    const paths = [...this.files.keys()];
    if (paths.some((one) => one.startsWith(`${path}/`))) return 'a folder stands at this path';
    const above = paths
      .filter((one) => path.startsWith(`${one}/`))
      .sort((a, b) => a.length - b.length)
      .at(0);
    if (above !== undefined) return `a file stands at "${above}", where a folder is needed`;
    return this.files.get(path)?.regular === false
      ? 'a symbolic link or submodule stands at this path'
      : null;
  }
}

const path = fc
  .array(fc.constantFrom('a', 'b', 'ä\ud800', 'a name of some length.yaml', '__proto__'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((segments) => segments.join('/'));
const sha = fc.constantFrom(...'0f5').map((digit) => digit.repeat(40));
const step = fc.oneof(
  fc.record({ kind: fc.constant('set'), path, sha, verbatim: fc.boolean(), regular: fc.boolean() }),
  fc.record({ kind: fc.constant('delete'), path }),
  fc.record({ kind: fc.constant('copy') }),
);

test('TreeIndex is a map of paths, whatever is set, deleted and copied', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let index = new TreeIndex();
      const model = new Model();
      const left: { readonly index: TreeIndex; readonly files: readonly string[] }[] = [];
      for (const one of steps) {
        if ('sha' in one) {
          const { verbatim, regular } = one;
          index.set(one.path, one.sha, { verbatim, regular });
          model.files.set(one.path, { sha: one.sha, verbatim, regular });
        } else if ('path' in one) {
          index.delete(one.path);
          model.files.delete(one.path);
        } else {
          left.push({ index, files: [...model.files.keys()].sort() });
          index = index.copy();
        }
      }
      assert.is(index.size, model.files.size);
      for (const one of ['', 'a', 'a/b', 'a/b/', ...model.files.keys()]) {
        const start = one === '' || one.endsWith('/') ? one : `${one}/`;
        const below = [...model.files.keys()].filter((file) => file.startsWith(start));
        assert.equal([...index.paths(one)].sort(), below.sort(), one);
        assert.equal(index.get(one), model.files.get(one) ?? null, one);
        assert.is(index.obstacle(one), model.obstacle(one), one);
        assert.is(index.obstacle(`${one}/x`), model.obstacle(`${one}/x`), one);
      }
      for (const { index: old, files } of left) assert.equal([...old.paths()].sort(), files);
    }),
  );
});

test('TreeIndex keeps SHA-256 names too', () => {
  const index = new TreeIndex();
  for (let at = 0; at < 1_000; at++) index.set(`folder-${at % 7}/${at}`, at.toString(16).padStart(64, '0'));
  for (let at = 0; at < 1_000; at++)
    assert.is(index.get(`folder-${at % 7}/${at}`)?.sha, at.toString(16).padStart(64, '0'));
});

test('TreeIndex takes nothing for an object name that is none', () => {
  const index = new TreeIndex();
  index.set('a', 'ab'.repeat(20));
  for (const wrong of ['', 'ab'.repeat(19), 'ab'.repeat(32), 'xy'.repeat(20)])
    assert.throws(() => index.set('b', wrong), /No object name/);
});

test.run();
