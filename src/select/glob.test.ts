import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchesAnyGlob, matchesGlob } from './glob.ts';

test('matchesGlob knows * and ?, and takes everything else for itself', () => {
  const cases: [string, string, boolean][] = [
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['app-*', 'app-config', true],
    ['app-*', 'app', false],
    ['*-config', 'app-config', true],
    ['*-config', 'app-config-2', false],
    ['a*b*c', 'aXbXbc', true],
    ['a*b*c', 'acb', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['[ab]', '[ab]', true],
    ['a\\*', 'a\\b', true],
    ['App', 'app', false],
    ['**', 'a', true],
    ['*?', '', false],
    ['system:serviceaccount:flux-system:*', 'system:serviceaccount:flux-system:kustomize-controller', true],
    ['system:serviceaccount:flux-system:*', 'system:serviceaccount:flux:x', false],
  ];
  for (const [glob, text, matches] of cases) assert.is(matchesGlob(glob, text), matches, `${glob} ${text}`);
});

test('matchesGlob agrees with the regular expression that says the same', () => {
  const glob = fc.string({ unit: fc.constantFrom('*', '?', 'a', 'b', '.', '\n'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '*'), maxLength: 10 });
  fc.assert(
    fc.property(glob, text, (pattern, candidate) => {
      const source = pattern.replace(/[.\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
      assert.is(matchesGlob(pattern, candidate), new RegExp(`^(?:${source})$`, 's').test(candidate));
    }),
    { numRuns: 2_000 },
  );
});

test('matchesGlob makes at most a step for each pair of characters, whatever the pattern', () => {
  const text = 'a'.repeat(2_000);
  const hostile = [
    '*a'.repeat(100),
    '*a'.repeat(100).concat('b'),
    '*?a'.repeat(60).concat('b'),
    `${'*'.repeat(250)}b`,
  ];
  for (const glob of hostile) {
    let steps = 0;
    const counting = new Proxy(Object(text), {
      get: (target, key) => {
        if (key !== 'length') steps++;
        return Reflect.get(target, key);
      },
    });
    matchesGlob(glob, counting);
    assert.ok(steps <= glob.length * text.length, `${steps} steps for ${glob.slice(0, 10)}…`);
  }
});

test('matchesAnyGlob needs one that matches, and none is none', () => {
  assert.is(matchesAnyGlob([], 'a'), false);
  assert.is(matchesAnyGlob(['b', 'a*'], 'abc'), true);
  assert.is(matchesAnyGlob(['b', 'c'], 'abc'), false);
});

test.run();
