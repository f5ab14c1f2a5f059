import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mustRun } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { makeTestCertificates } from '../testing/test-certificates.ts';
import { createAuthority } from './authority.ts';
import { issueServingCertificate, servingProblem } from './serving-certificate.ts';
import { parseBundle, validityOf } from './x509.ts';

const DAY_MS = 24 * 60 * 60_000;
const names = { dns: ['localhost'], ips: ['127.0.0.1'] };

test('issueServingCertificate: never outlives its authority', () => {
  const authority = createAuthority(0);
  const { untilMs } = validityOf(authority.certificate);
  const [leaf] = parseBundle(issueServingCertificate(authority, names, untilMs - DAY_MS).cert);
  assert.ok(leaf);
  assert.is(validityOf(leaf).untilMs, untilMs);
});

test('servingProblem: accepts what openssl made', async () => {
  const { ca, cert, key } = await makeTestCertificates();
  assert.is(servingProblem({ cert, key }, parseBundle(ca), names, Date.now()), undefined);
  // Pinned: clients trust this very certificate.
  assert.is(servingProblem({ cert, key }, parseBundle(cert), names, Date.now()), undefined);
  assert.match(servingProblem({ cert, key }, [], names, Date.now()) ?? '', 'not signed by a valid CA');
});

test('servingProblem: an RSA certificate with an intermediate CA, as issuers give it', () =>
  withTempDir(async (dir) => {
    const openssl = (...args: string[]) => mustRun('openssl', args, { cwd: dir });
    const ca = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
    await writeFile(join(dir, 'ca.ext'), ca);
    await writeFile(join(dir, 'leaf.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const key = ['-newkey', 'rsa:2048', '-nodes'];
    await openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'root.key',
      '-out',
      'root.crt',
      '-subj',
      '/CN=root',
      '-days',
      '9',
    );
    for (const [name, issuer, extensions] of [
      ['middle', 'root', 'ca.ext'],
      ['leaf', 'middle', 'leaf.ext'],
    ] as const) {
      await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
      const by = ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-set_serial', '7', '-days', '8'];
      await openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.crt`,
        '-extfile',
        extensions,
        ...by,
      );
    }
    const read = (name: string) => readFile(join(dir, name), 'utf8');
    const [root, middle, leaf, leafKey] = await Promise.all(
      ['root.crt', 'middle.crt', 'leaf.crt', 'leaf.key'].map(read),
    );
    const serving = { cert: `${leaf}${middle}`, key: leafKey ?? '' };
    const roots = parseBundle(root ?? '');
    const problem = (cert: string, atMs = Date.now()) =>
      servingProblem({ ...serving, cert }, roots, names, atMs);
    assert.is(problem(serving.cert), undefined);
    assert.match(problem(leaf ?? '') ?? '', 'not signed by a valid CA');
    assert.match(problem(`${leaf}${leaf}`) ?? '', 'not signed by a valid CA');
    assert.match(problem(serving.cert, Date.now() + 8.5 * DAY_MS) ?? '', 'the certificate expired');
    assert.is(servingProblem(serving, parseBundle(middle ?? ''), names, Date.now()), undefined);
  }));

test.run();
