import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../log.ts';
import { withTempDir } from '../temp-dir.ts';
import { makeTestCertificates } from '../test-certificates.ts';
import { copyBootstrapped } from './bootstrapped.ts';
import type { Binaries } from './versions.ts';

const log = 'etcd/member/wal/0.wal';

/** Programs that differ in nothing but their path, and a start that leaves what etcd and the API server would. */
async function given(dir: string) {
  const program = join(dir, 'program');
  await writeFile(program, '');
  const { cert } = await makeTestCertificates();
  const asked: string[] = [];
  const etcd = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  await new Promise<void>((resolve) => etcd.listen(0, '127.0.0.1', resolve));
  let starts = 0;
  const bootstrap = async (into: string, use: (etcdUrl: string) => Promise<void>) => {
    starts += 1;
    await mkdir(join(into, 'etcd/member/wal'), { recursive: true });
    await mkdir(join(into, 'certificates'));
    await writeFile(join(into, log), Buffer.concat([Buffer.from('written'), Buffer.alloc(10_000)]));
    await writeFile(join(into, 'certificates/apiserver.crt'), cert);
    await writeFile(join(into, 'tokens.csv'), 'of this one alone');
    await use(`http://127.0.0.1:${(etcd.address() as AddressInfo).port}`);
  };
  const binaries: Binaries = {
    etcd: program,
    'kube-apiserver': program,
    'kube-controller-manager': program,
    kubectl: program,
  };
  return {
    options: { binaries, bootstrap, log: silentLog, cache: join(dir, 'cache') },
    starts: () => starts,
    asked,
    close: () => etcd.close(),
  };
}

test('copyBootstrapped starts once, and copies all but tokens and namespaces', async () => {
  await withTempDir(async (dir) => {
    const { options, starts, asked, close } = await given(dir);
    for (const plane of ['one', 'two']) await copyBootstrapped(join(dir, plane), options);
    close();
    assert.is(starts(), 1);
    assert.equal(asked, ['POST /v3/kv/deleterange']);
    assert.equal((await readdir(join(dir, 'two'))).sort(), ['certificates', 'etcd']);
    const copied = await readFile(join(dir, 'two', log), 'utf8');
    assert.ok(copied.startsWith('written') && copied.length < 100);
    assert.equal(
      (await readdir(options.cache)).filter((name) => !name.startsWith('bootstrapped-')),
      [],
    );
  });
});

test('copyBootstrapped leaves data that are there, and starts anew for other programs', async () => {
  await withTempDir(async (dir) => {
    const { options, starts, close } = await given(dir);
    await mkdir(join(dir, 'used/etcd'), { recursive: true });
    await copyBootstrapped(join(dir, 'used'), options);
    assert.is(starts(), 0);
    assert.equal(await readdir(join(dir, 'used/etcd')), []);
    await copyBootstrapped(join(dir, 'one'), options);
    await writeFile(options.binaries.etcd, 'another');
    await copyBootstrapped(join(dir, 'two'), options);
    close();
    assert.is(starts(), 2);
  });
});

test('copyBootstrapped goes without where the cache can not be written', async () => {
  await withTempDir(async (dir) => {
    const { options, starts, close } = await given(dir);
    await copyBootstrapped(join(dir, 'one'), { ...options, cache: join(options.binaries.etcd, 'cache') });
    close();
    assert.is(starts(), 0);
    assert.not(existsSync(join(dir, 'one')));
  });
});

test.run();
