import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAuthority, privateKeyPem } from './authority.ts';
import { AUTHORITY_OVERLAP_MS, type CertificateContents, planCertificates } from './certificate-plan.ts';
import { issueServingCertificate, servingProblem } from './serving-certificate.ts';
import { parseBundle, pemOf } from './x509.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 0, 1);
const names = { dns: ['hooks.system.svc'], ips: ['127.0.0.1'] };

/** What is written; fails when nothing is. */
function written(stored: CertificateContents | undefined, nowMs = NOW_MS, of = names) {
  const plan = planCertificates(stored, of, nowMs);
  assert.is(plan.kind, 'Write');
  if (plan.kind !== 'Write') throw new Error('unreachable');
  return plan;
}

const fresh = (nowMs = NOW_MS): CertificateContents => written(undefined, nowMs).contents;
const authoritiesOf = ({ caBundle }: CertificateContents) => parseBundle(caBundle).map(pemOf);

/** Does a client that trusts `caBundle` accept what is served? */
function accepts(caBundle: string, serving: CertificateContents, nowMs: number): void {
  assert.is(servingProblem(serving, parseBundle(caBundle), names, nowMs), undefined);
}

test('planCertificates: makes everything when there is nothing, and keeps that', () => {
  const { contents, reasons } = written(undefined);
  assert.equal(reasons, ['there is no CA that can be used', 'there is no certificate']);
  accepts(contents.caBundle, contents, NOW_MS);
  assert.is(authoritiesOf(contents).length, 1);
  assert.equal(planCertificates(contents, names, NOW_MS), { kind: 'Keep' });
  assert.equal(planCertificates(contents, names, NOW_MS + 59 * DAY_MS), { kind: 'Keep' });
});

test('planCertificates: replaces a serving certificate at two thirds of its life, by the same CA', () => {
  const before = fresh();
  const laterMs = NOW_MS + 60 * DAY_MS;
  const { contents, reasons } = written(before, laterMs);
  assert.equal(reasons, ['the certificate is due for rotation']);
  assert.is(contents.caBundle, before.caBundle);
  assert.is(contents.caKey, before.caKey);
  assert.is.not(contents.key, before.key);
  accepts(before.caBundle, contents, laterMs);
});

test('planCertificates: repairs what cannot be used, and leaves the rest', () => {
  const good = fresh();
  const other = fresh();
  const cases: [string, Partial<CertificateContents>, RegExp, 'same CA' | 'new CA'][] = [
    ['no certificate', { cert: '' }, /no PEM certificate/, 'same CA'],
    ['garbage', { cert: 'garbage' }, /no PEM certificate/, 'same CA'],
    ['a broken certificate', { cert: good.cert.replace(/\n.{20}/, '\n') }, /cannot be parsed/, 'same CA'],
    ['no key', { key: '' }, /private key cannot be parsed/, 'same CA'],
    ['another key', { key: other.key }, /private key is not that/, 'same CA'],
    ['a certificate of another CA', { cert: other.cert, key: other.key }, /not signed by/, 'same CA'],
    ['no CA', { caBundle: '' }, /there is no CA .*not signed by/, 'new CA'],
    ['another CA', { caBundle: other.caBundle, caKey: other.caKey }, /not signed by/, 'new CA'],
    ['a serving certificate as CA', { caBundle: good.cert }, /there is no CA/, 'new CA'],
  ];
  for (const [what, change, reason, ca] of cases) {
    const { contents, reasons } = written({ ...good, ...change });
    assert.match(reasons.join('; '), reason, what);
    accepts(contents.caBundle, contents, NOW_MS);
    assert.is(contents.caBundle === good.caBundle, ca === 'same CA', what);
    assert.equal(planCertificates(contents, names, NOW_MS), { kind: 'Keep' }, what);
  }
});

test('planCertificates: a certificate that expired, is not valid yet, or is for other names is replaced', () => {
  const good = fresh();
  const expired = written(good, NOW_MS + 91 * DAY_MS);
  assert.match(expired.reasons.join(), 'expired at 2026-04-01T00:00:00.000Z');
  assert.is(expired.contents.caBundle, good.caBundle);
  // The clock was wrong when it was made: then the CA is not valid yet either.
  const early = written(good, NOW_MS - DAY_MS);
  assert.match(early.reasons.join(), 'no CA that can be used');
  accepts(early.contents.caBundle, early.contents, NOW_MS - DAY_MS);
  const moved = written(good, NOW_MS, { dns: ['hooks.other.svc'], ips: ['127.0.0.1'] });
  assert.match(moved.reasons.join(), 'not for hooks.other.svc');
  assert.equal(planCertificates(good, { dns: [], ips: ['127.0.0.1'] }, NOW_MS), { kind: 'Keep' });
});

test('planCertificates: a CA without its key is followed by another, with overlap', () => {
  const before = fresh();
  for (const caKey of ['', 'garbage', fresh().caKey]) {
    const { contents } = written({ ...before, caKey });
    assert.is(contents.cert, before.cert, 'the certificate is good as long as its CA is trusted');
    assert.equal(authoritiesOf(contents).slice(1), authoritiesOf(before));
    const later = written(contents, NOW_MS + AUTHORITY_OVERLAP_MS).contents;
    assert.is.not(later.cert, before.cert);
    accepts(contents.caBundle, later, NOW_MS + AUTHORITY_OVERLAP_MS);
  }
});

test('planCertificates: a CA is rotated in three steps, an hour apart', () => {
  const ca = createAuthority(NOW_MS);
  const dueMs = NOW_MS + (3650 * DAY_MS * 2) / 3;
  const serving = issueServingCertificate(ca, names, dueMs - DAY_MS);
  const before = { ...serving, caBundle: pemOf(ca.certificate), caKey: privateKeyPem(ca.privateKey) };
  assert.equal(planCertificates(before, names, dueMs - 10 * MINUTE_MS), { kind: 'Keep' });

  const first = written(before, dueMs);
  assert.equal(first.reasons, ['the CA is due for rotation']);
  assert.is(first.contents.cert, before.cert);
  assert.equal(authoritiesOf(first.contents).slice(1), authoritiesOf(before));
  assert.equal(planCertificates(first.contents, names, dueMs + 59 * MINUTE_MS), { kind: 'Keep' });

  const secondMs = dueMs + 60 * MINUTE_MS;
  const second = written(first.contents, secondMs);
  assert.equal(second.reasons, ['the CA was replaced']);
  assert.is(second.contents.caBundle, first.contents.caBundle);
  accepts(first.contents.caBundle, second.contents, secondMs);
  assert.equal(planCertificates(second.contents, names, secondMs + 59 * MINUTE_MS), { kind: 'Keep' });

  const thirdMs = secondMs + 60 * MINUTE_MS;
  const third = written(second.contents, thirdMs);
  assert.equal(third.reasons, ['the trusted CAs have changed']);
  assert.is(third.contents.cert, second.contents.cert);
  assert.is(authoritiesOf(third.contents).length, 1);
  accepts(third.contents.caBundle, third.contents, thirdMs);
});

test('planCertificates: over 30 years, what is served is trusted by who heard of it a step ago', () => {
  let stored = fresh();
  let [authorities, certificates] = [1, 1];
  for (let nowMs = NOW_MS; nowMs < NOW_MS + 30 * 365 * DAY_MS; nowMs += 10 * DAY_MS) {
    const plan = planCertificates(stored, names, nowMs);
    if (plan.kind === 'Keep') continue;
    const next = plan.contents;
    accepts(stored.caBundle, next, nowMs);
    accepts(next.caBundle, stored, nowMs);
    if (authoritiesOf(next)[0] !== authoritiesOf(stored)[0]) authorities++;
    if (next.cert !== stored.cert) certificates++;
    stored = next;
  }
  assert.is(authorities, 5);
  assert.ok(certificates >= 180 && certificates <= 190, `${certificates} certificates`);
});

test.run();
