import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findEnvtestArchive } from './envtest-index.ts';

const linux = { os: 'linux', arch: 'amd64' } as const;
const url = (version: string, platform = 'linux-amd64') =>
  `https://example.com/envtest-v${version}/envtest-v${version}-${platform}.tar.gz`;
const entry = (version: string, hash: string, platform = 'linux-amd64') =>
  `  v${version}:\n    envtest-v${version}-${platform}.tar.gz:\n      hash: ${hash}\n      selfLink: ${url(version, platform)}\n`;
const a = 'a'.repeat(128);
const b = 'b'.repeat(128);

const index = (...entries: string[]) => `releases:\n${entries.join('')}`;

test('findEnvtestArchive takes the exact version', () => {
  const text = index(entry('1.36.0', a), entry('1.36.3', b), entry('1.36.9', a));
  assert.equal(findEnvtestArchive(text, '1.36.3', linux), {
    version: '1.36.3',
    url: url('1.36.3'),
    sha512: b,
  });
});

test('findEnvtestArchive takes the newest earlier patch of the same minor', () => {
  const text = index(entry('1.36.10', a), entry('1.36.1', b), entry('1.36.0', a), entry('1.35.9', a));
  assert.is(findEnvtestArchive(text, '1.36.3', linux)?.version, '1.36.1');
});

test('findEnvtestArchive finds nothing for another minor, platform, or shape', () => {
  assert.is(findEnvtestArchive(index(entry('1.35.3', a)), '1.36.3', linux), undefined);
  assert.is(findEnvtestArchive(index(entry('1.36.3', a, 'darwin-arm64')), '1.36.3', linux), undefined);
  assert.is(findEnvtestArchive(index(entry('1.36.3', 'short')), '1.36.3', linux), undefined);
  assert.is(findEnvtestArchive('<html>hello</html>', '1.36.3', linux), undefined);
});

test.run();
