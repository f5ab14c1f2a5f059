/** No end-to-end test can forget to search what it leaves for values of Secrets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const folder = join(import.meta.dirname, '../../../e2e');
/** What ends with the search, whatever is done with it. */
const SEARCHES = /\b(withScenario|withStorm|startSearchedControlPlane|assertNoLeaks|assertNowhere)\(/;
/** What has no search in its own end. */
const WITHOUT = /\bstartControlPlane\(|search: false/;

/** Files that need no search, each with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  'control-plane.test.ts': 'nothing of the product runs',
  'demo.test.ts':
    'searches what the demo shows for the value of its Secret; the demo removes all else itself',
  'yaml-readers.test.ts': 'neither a cluster nor a repository',
};

/** A test with what stands beside it for it. */
function read(file: string): string {
  const text = readFileSync(join(folder, file), 'utf8');
  const beside = [...text.matchAll(/ from '\.\/([^']+)'/g)].map(([, path = '']) => path);
  return [text, ...beside.map((path) => readFileSync(join(folder, path), 'utf8'))].join('\n');
}

const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));

test('every end-to-end test ends with a search for values of Secrets', () => {
  assert.ok(files.length > 20, `${files.length} files`);
  const without = files.filter((file) => !SEARCHES.test(read(file)));
  assert.equal(without.sort(), Object.keys(EXEMPT).sort());
  const byHand = files.filter((file) => WITHOUT.test(read(file)) && !/\bassertNoLeaks\(/.test(read(file)));
  assert.equal(byHand, ['control-plane.test.ts']);
});

test.run();
