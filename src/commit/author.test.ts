import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AUTHOR_NAME_CHARS_MAX, authorOf, EMAIL_CHARS_MAX, unknownAuthor } from './author.ts';

const CASES: readonly [username: string, name: string, email: string][] = [
  ['admin@company.com', 'admin@company.com', 'admin@company.com'],
  ['kubernetes-admin', 'kubernetes-admin', 'kubernetes-admin@example.com'],
  [
    'system:serviceaccount:team-a:deployer',
    'system:serviceaccount:team-a:deployer',
    'system.serviceaccount.team-a.deployer@example.com',
  ],
  ['oidc:alice@company.com', 'oidc:alice@company.com', 'oidc.alice-company.com@example.com'],
  [
    'https://issuer.example.com#4711',
    'https://issuer.example.com#4711',
    'https.-issuer.example.com-4711@example.com',
  ],
  ['Jürgen Groß', 'Jürgen Groß', 'Jürgen.Groß@example.com'],
  ['a <b@c> d', 'a b@c d', 'a.-b-c-.d@example.com'],
  ['x\nauthor y', 'x\\nauthor y', 'x.author.y@example.com'],
  ['a@b@c', 'a@b@c', 'a-b-c@example.com'],
  ['name.', 'name', 'name@example.com'],
  ['', 'unnamed', 'unnamed@example.com'],
  ['...', 'unnamed', 'unnamed@example.com'],
  ['<>', 'unnamed', 'unnamed@example.com'],
];

for (const [username, name, email] of CASES) {
  test(`authorOf: ${JSON.stringify(username)}`, () => {
    assert.equal(authorOf(username, 'example.com'), { name, email });
  });
}

test('authorOf: a domain that is none is replaced', () => {
  assert.is(authorOf('a', 'x> y').email, 'a@cluster.local');
  assert.is(authorOf('a', '').email, 'a@cluster.local');
});

test('unknownAuthor: names nobody', () => {
  assert.equal(unknownAuthor('example.com'), { name: 'unknown', email: 'unknown@example.com' });
});

test('authorOf: always an identity that git takes as it is', () => {
  const username = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string(), fc.emailAddress());
  fc.assert(
    fc.property(username, fc.oneof(fc.domain(), fc.string()), (user, domain) => {
      const { name, email } = authorOf(user, domain);
      for (const part of [name, email]) {
        assert.ok(part.length > 0);
        assert.not.match(part, /[<>\n\0]|\p{Cc}|\p{Surrogate}/u);
        // git strips these from both ends (ident.c).
        assert.not.match(part, /^[\s.,:;"\\']|[\s.,:;"\\']$/);
      }
      assert.match(email, /^[^\s@]+@[^\s@]+$/);
      assert.ok(Array.from(name).length <= AUTHOR_NAME_CHARS_MAX);
      assert.ok(email.length <= EMAIL_CHARS_MAX);
    }),
    { numRuns: 2000 },
  );
});

test('authorOf: an address stays as it is', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      if (!address.startsWith("'")) assert.is(authorOf(address, 'example.com').email, address);
    }),
  );
});

test.run();
