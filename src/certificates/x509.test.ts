import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { runCommand } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { createAuthority } from './authority.ts';
import { issueServingCertificate } from './serving-certificate.ts';
import { isSignedBy, parseBundle, pemOf, validityOf } from './x509.ts';

const DAY_MS = 24 * 60 * 60_000;
const NOW_MS = Date.UTC(2026, 2, 29, 1, 30);
const names = {
  dns: ['hooks.system.svc', 'hooks.system.svc.cluster.local'],
  ips: ['127.0.0.1', '::1', '2001:db8::5:0:0:42'],
};

/** Runs openssl and returns all it wrote, behind its exit code. */
type Openssl = (...args: string[]) => Promise<string>;

/** Call `use` with openssl in a folder that holds a CA (`ca.crt`), another, and a certificate of the first. */
function withCertificates(nowMs: number, use: (openssl: Openssl) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const authority = createAuthority(nowMs);
    const { cert, key } = issueServingCertificate(authority, names, nowMs);
    const files = {
      'ca.crt': pemOf(authority.certificate),
      'other.crt': pemOf(createAuthority(nowMs).certificate),
      'tls.crt': cert,
      'tls.key': key,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
    await use(async (...args) => {
      const { code, stdout, stderr } = await runCommand('openssl', args, { cwd: dir });
      return `${code} ${stdout}${stderr}`;
    });
  });
}

const secondsOf = (ms: number) => String(Math.floor(ms / 1000));

test('signCertificate: openssl verifies the chain, strictly, for every name and no other', () =>
  withCertificates(NOW_MS, async (openssl) => {
    const verify = (...args: string[]) =>
      openssl(
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-attime',
        secondsOf(NOW_MS),
        ...args,
        'tls.crt',
      );
    assert.match(await verify('-CAfile', 'ca.crt'), /^0 tls.crt: OK/);
    for (const name of names.dns) {
      assert.match(await verify('-CAfile', 'ca.crt', '-verify_hostname', name), /^0 /, name);
    }
    for (const ip of names.ips) assert.match(await verify('-CAfile', 'ca.crt', '-verify_ip', ip), /^0 /, ip);
    assert.match(await verify('-CAfile', 'ca.crt', '-verify_hostname', 'hooks.other.svc'), /^2 .*mismatch/s);
    assert.match(await verify('-CAfile', 'ca.crt', '-verify_ip', '127.0.0.2'), /^2 .*mismatch/s);
    assert.match(await verify('-CAfile', 'other.crt'), /^2 /);
    // A server's certificate is no authority.
    assert.match(await openssl('verify', '-purpose', 'sslserver', '-CAfile', 'tls.crt', 'ca.crt'), /^2 /);
  }));

test('signCertificate: openssl sees the extensions as meant', () =>
  withCertificates(NOW_MS, async (openssl) => {
    const server = await openssl('x509', '-in', 'tls.crt', '-noout', '-text');
    assert.match(server, 'Version: 3 (0x2)');
    assert.match(server, 'Signature Algorithm: ecdsa-with-SHA256');
    assert.match(server, 'ASN1 OID: prime256v1');
    assert.match(server, /Basic Constraints: critical\s+CA:FALSE/);
    assert.match(server, /Key Usage: critical\s+Digital Signature\n/);
    assert.match(server, /Extended Key Usage: \s+TLS Web Server Authentication\n/);
    assert.match(
      server,
      'DNS:hooks.system.svc, DNS:hooks.system.svc.cluster.local, IP Address:127.0.0.1, ' +
        'IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:5:0:0:42',
    );
    const ca = await openssl('x509', '-in', 'ca.crt', '-noout', '-text');
    assert.match(ca, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    assert.match(ca, /Key Usage: critical\s+Certificate Sign\n/);
    assert.match(ca, 'CN = gitops-reverser webhook CA 2026-03-29');
    const keyId = /Subject Key Identifier: \s+([0-9A-F:]{59})\n/.exec(ca)?.[1];
    assert.match(server, new RegExp(`Authority Key Identifier: \\s+${keyId}\\n`));
    assert.match(await openssl('pkey', '-in', 'tls.key', '-noout', '-check'), /^0 .*valid/s);
  }));

test('signCertificate: openssl sees the dates, also beyond 2050', async () => {
  for (const nowMs of [NOW_MS, Date.UTC(2049, 11, 31, 23, 59), Date.UTC(2071, 1, 28)]) {
    await withCertificates(nowMs, async (openssl) => {
      const verifyAt = (ms: number) =>
        openssl('verify', '-CAfile', 'ca.crt', '-attime', secondsOf(ms), 'tls.crt');
      // Clocks of clients may be five minutes behind.
      assert.match(await verifyAt(nowMs - 5 * 60_000), /^0 /);
      assert.match(await verifyAt(nowMs - 5 * 60_000 - 1000), /^2 .*not yet valid/s);
      assert.match(await verifyAt(nowMs + 90 * DAY_MS - 1000), /^0 /);
      assert.match(await verifyAt(nowMs + 90 * DAY_MS + 1000), /^2 .*has expired/s);
    });
  }
});

test('signCertificate: 200 certificates are well-formed whatever the random bytes', async () => {
  const authority = createAuthority(NOW_MS);
  const seen = new Set<string>();
  for (let count = 0; count < 200; count++) {
    const [leaf] = parseBundle(issueServingCertificate(authority, names, NOW_MS).cert);
    assert.ok(leaf !== undefined && isSignedBy(leaf, authority.certificate));
    assert.match(leaf.serialNumber, /^[4-7][0-9A-F]{31}$/);
    seen.add(leaf.serialNumber);
  }
  assert.is(seen.size, 200);
});

test('validityOf: to the second, whatever the time zone', () => {
  const { certificate } = createAuthority(NOW_MS);
  assert.equal(validityOf(certificate), { fromMs: NOW_MS - 5 * 60_000, untilMs: NOW_MS + 3650 * DAY_MS });
});

test('isSignedBy: only the authority that signed', () => {
  const [one, two] = [createAuthority(NOW_MS), createAuthority(NOW_MS)];
  const [leaf] = parseBundle(issueServingCertificate(one, names, NOW_MS).cert);
  assert.ok(leaf);
  assert.ok(isSignedBy(leaf, one.certificate));
  // The same subject, another key.
  assert.is(one.certificate.subject, two.certificate.subject);
  assert.not(isSignedBy(leaf, two.certificate));
  assert.not(isSignedBy(leaf, leaf));
});

test('parseBundle: keeps the order, skips what stands between, refuses what is broken', () => {
  const [one, two] = [createAuthority(NOW_MS), createAuthority(NOW_MS)].map(({ certificate }) =>
    pemOf(certificate),
  ) as [string, string];
  assert.equal(parseBundle(`# one\n${one}\n# two\r\n${two}`).map(pemOf), [one, two]);
  const broken = one.replace(/\n[^-\n]{10}/, '\nAAAAAAAAAA');
  for (const pem of ['', 'no certificate', two.slice(0, 200), broken, `${one}${broken}`]) {
    assert.throws(
      () => parseBundle(pem),
      (error: unknown) => error instanceof CodedError && error.code === 'InvalidSecret',
    );
  }
});

test.run();
