import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type LogFields, silentLog } from '../log.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createAuthority } from './authority.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import type { ServingMaterial } from './certificate-source.ts';
import { issueServingCertificate } from './serving-certificate.ts';
import { pemOf } from './x509.ts';

const MINUTE_MS = 60_000;
const names = { dns: [], ips: ['127.0.0.1'] };
const [one, two] = [createAuthority(0), createAuthority(0)];
const [caOne, caTwo] = [pemOf(one.certificate), pemOf(two.certificate)];
const issue = (by: typeof one, caBundle = pemOf(by.certificate)): ServingMaterial => ({
  ...issueServingCertificate(by, names, 0),
  caBundle,
});

/** A keeper of what a test says, and what it told its users, in order. */
function given(first: ServingMaterial) {
  const clock = createFakeClock();
  const told: string[] = [];
  const warnings: string[] = [];
  const fixture = {
    clock,
    told,
    warnings,
    material: first,
    /** Thrown instead of loading, or by the user of that name. */
    failure: undefined as Error | undefined,
    trustFailure: undefined as Error | undefined,
    loads: 0,
  };
  const label = (caBundle: string) => [
    ...(caBundle.includes(caOne) ? ['one'] : []),
    ...(caBundle.includes(caTwo) ? ['two'] : []),
  ];
  const keeper = new CertificateKeeper(
    {
      async load() {
        fixture.loads++;
        if (fixture.failure !== undefined) throw fixture.failure;
        return fixture.material;
      },
    },
    {
      async trust(caBundle) {
        if (fixture.trustFailure !== undefined) throw fixture.trustFailure;
        told.push(`trust ${label(caBundle).join('+')} at ${Math.round((clock.now() - startMs) / 1000)} s`);
      },
      serve({ cert }) {
        const which = cert === fixture.material.cert ? 'latest' : 'other';
        told.push(`serve ${which} at ${Math.round((clock.now() - startMs) / 1000)} s`);
      },
    },
    clock,
    { ...silentLog, warn: (_: string, fields: LogFields = {}) => void warnings.push(String(fields.reason)) },
    () => 0.5,
  );
  const startMs = clock.now();
  return Object.assign(fixture, { keeper });
}

test('CertificateKeeper: gives the first certificates to its caller, and then only what changes', async () => {
  const first = issue(one);
  const fixture = given(first);
  const { keeper, clock, told } = fixture;
  assert.is(keeper.problem, 'no certificate was loaded yet');
  assert.is(keeper.caBundle, '');
  assert.equal(await keeper.start(), first);
  assert.is(keeper.problem, undefined);
  assert.is(keeper.caBundle, caOne);
  await clock.advance(10 * MINUTE_MS);
  assert.is(fixture.loads, 11);
  assert.equal(told, []);

  // The same CA: nobody has to be told of it.
  fixture.material = issue(one);
  await clock.advance(MINUTE_MS);
  assert.equal(told, ['serve latest at 660 s']);
  await keeper.stop();
  assert.equal(clock.sleeping, []);
});

test('CertificateKeeper: a CA that comes before its certificate is trusted at once, served later', async () => {
  const fixture = given(issue(one));
  const { keeper, clock, told } = fixture;
  await keeper.start();
  fixture.material = { ...fixture.material, caBundle: caTwo + caOne };
  await clock.advance(MINUTE_MS);
  fixture.material = issue(two, caTwo + caOne);
  await clock.advance(MINUTE_MS);
  fixture.material = { ...fixture.material, caBundle: caTwo };
  await clock.advance(MINUTE_MS);
  assert.equal(told, ['trust one+two at 60 s', 'serve latest at 120 s', 'trust two at 180 s']);
  await keeper.stop();
});

test('CertificateKeeper: a CA that comes together with its certificate is trusted first, and the old one for an hour', async () => {
  const fixture = given(issue(one));
  const { keeper, clock, told } = fixture;
  await keeper.start();
  fixture.material = issue(two);
  await clock.advance(MINUTE_MS + 4_999);
  assert.equal(told, ['trust one+two at 60 s']);
  assert.is(keeper.caBundle, caTwo + caOne);
  await clock.advance(1);
  assert.equal(told, ['trust one+two at 60 s', 'serve latest at 65 s']);
  await clock.advance(59 * MINUTE_MS);
  assert.is(told.length, 2);
  await clock.advance(2 * MINUTE_MS);
  assert.is(told.length, 3);
  assert.match(told[2] as string, /^trust two at 36\d\d s$/);
  await keeper.stop();
});

test('CertificateKeeper: serves nothing that could not be registered', async () => {
  const fixture = given(issue(one));
  const { keeper, clock, told } = fixture;
  await keeper.start();
  fixture.material = issue(two);
  fixture.trustFailure = new CodedError('ApiUnreachable', 'PATCH failed', { retry: true });
  await clock.advance(10 * MINUTE_MS);
  assert.equal(told, []);
  assert.is(keeper.problem, 'PATCH failed');
  assert.equal(fixture.warnings, ['PATCH failed']);
  assert.is(keeper.caBundle, caOne);
  fixture.trustFailure = undefined;
  await clock.advance(2 * MINUTE_MS);
  assert.equal(
    told.map((line) => line.split(' at ')[0]),
    ['trust one+two', 'serve latest'],
  );
  assert.is(keeper.problem, undefined);
  await keeper.stop();
});

test('CertificateKeeper: waits for the first certificate, and says for what', async () => {
  const fixture = given(issue(one));
  const { keeper, clock } = fixture;
  fixture.failure = new CodedError('SecretNotFound', 'Secret a/b does not exist', { retry: true });
  const started = keeper.start();
  await clock.advance(10 * MINUTE_MS);
  assert.is(keeper.problem, 'Secret a/b does not exist');
  assert.equal(fixture.warnings, ['Secret a/b does not exist']);
  fixture.failure = undefined;
  await clock.advance(MINUTE_MS);
  assert.equal(await started, fixture.material);
  await keeper.stop();
});

test('CertificateKeeper: serves what it has while the source fails', async () => {
  const fixture = given(issue(one));
  const { keeper, clock, told } = fixture;
  await keeper.start();
  fixture.failure = new CodedError('InvalidSecret', 'expired');
  await clock.advance(24 * 60 * MINUTE_MS);
  assert.equal(told, []);
  assert.is(keeper.problem, 'expired');
  assert.ok(fixture.loads < 24 * 60 * 3, 'retries back off');
  await keeper.stop();
});

test('CertificateKeeper.stop: ends a start that waits', async () => {
  const fixture = given(issue(one));
  fixture.failure = new Error('no');
  const started = fixture.keeper.start();
  await fixture.clock.asleep();
  await fixture.keeper.stop();
  assert.is(await started, undefined);
  assert.equal(fixture.clock.sleeping, []);
});

test('CertificateKeeper.check: looks at once, one look at a time', async () => {
  const fixture = given(issue(one));
  const { keeper, told } = fixture;
  await keeper.start();
  fixture.material = issue(one);
  await Promise.all([keeper.check(), keeper.check(), keeper.check()]);
  assert.equal(told, ['serve latest at 0 s']);
  fixture.failure = new Error('no');
  assert.is(await keeper.check().catch((error) => error.message), 'no');
  await keeper.stop();
});

test.run();
