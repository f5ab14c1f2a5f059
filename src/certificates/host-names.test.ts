import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { createAuthority } from './authority.ts';
import { hostNamesOfService, hostNamesOfUrl, missingNames } from './host-names.ts';
import { issueServingCertificate } from './serving-certificate.ts';
import { parseBundle } from './x509.ts';

test('hostNamesOfUrl: a name or an address', () => {
  assert.equal(hostNamesOfUrl('https://127.0.0.1:9443'), { dns: [], ips: ['127.0.0.1'] });
  assert.equal(hostNamesOfUrl('https://[::1]:9443/base'), { dns: [], ips: ['::1'] });
  assert.equal(hostNamesOfUrl('https://Laptop.example.com'), { dns: ['laptop.example.com'], ips: [] });
  for (const url of ['', 'laptop:9443', 'http://127.0.0.1:9443', 'https://', '127.0.0.1']) {
    assert.throws(
      () => hostNamesOfUrl(url),
      (error: unknown) => error instanceof CodedError && error.code === 'InvalidSpec',
      url,
    );
  }
});

test('hostNamesOfService: what the API server asks for comes first', () => {
  assert.equal(hostNamesOfService('system', 'hooks'), {
    dns: ['hooks.system.svc', 'hooks.system.svc.cluster.local'],
    ips: [],
  });
});

test('missingNames: what a certificate does not stand for', () => {
  const names = { dns: ['hooks.system.svc'], ips: ['127.0.0.1', '::1'] };
  const [leaf] = parseBundle(issueServingCertificate(createAuthority(0), names, 0).cert);
  assert.ok(leaf);
  assert.equal(missingNames(leaf, names), []);
  assert.equal(missingNames(leaf, { dns: [], ips: [] }), []);
  // The common name does not count.
  const others = {
    dns: ['gitops-reverser webhook', 'a.b.svc', 'hooks.system.svc'],
    ips: ['127.0.0.2', '::1'],
  };
  assert.equal(missingNames(leaf, others), ['gitops-reverser webhook', 'a.b.svc', '127.0.0.2']);
});

test.run();
