import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../log.ts';
import { consoleLog } from '../console-log.ts';
import { mustRun } from '../run-command.ts';
import { withTempDir } from '../temp-dir.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { ensureBinaries } from './ensure-binaries.ts';
import { type BinaryName, binaryNames } from './versions.ts';

const platform = { os: 'linux', arch: 'amd64' } as const;
const script = (text: string) => `#!/bin/sh\necho ${text}\n`;

/** A program that prints what the real one would; enough for what looks only at files. */
function givenProgram(folder: string, name: BinaryName, text = 'Kubernetes v1.36.3') {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), script(text), { mode: 0o755 });
}

/** A release archive and its index on a local server; `hash` changes the checksum the index names. */
async function withRelease(
  dir: string,
  hash: (real: string) => string,
  use: (indexUrl: string) => Promise<void>,
): Promise<void> {
  const root = join(dir, 'release/controller-tools/envtest');
  for (const name of ['etcd', 'kube-apiserver', 'kubectl'] as const)
    givenProgram(root, name, `archived ${name}`);
  await mustRun('tar', ['-czf', join(dir, 'a.tar.gz'), '-C', join(dir, 'release'), 'controller-tools']);
  const archive = readFileSync(join(dir, 'a.tar.gz'));
  const sha512 = hash(createHash('sha512').update(archive).digest('hex'));
  const server = createServer((request, response) => {
    if (request.url !== '/index.yaml') return response.end(archive);
    const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tar.gz`;
    const file = 'envtest-v1.36.3-linux-amd64.tar.gz';
    return response.end(
      `releases:\n  v1.36.3:\n    ${file}:\n      hash: ${sha512}\n      selfLink: ${link}\n`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.yaml`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A PATH on which there is no go. */
function withoutGo(dir: string): string {
  const bin = join(dir, 'path');
  mkdirSync(bin);
  return bin;
}

async function failure(work: Promise<unknown>): Promise<ControlPlaneError> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, ControlPlaneError);
    return error as ControlPlaneError;
  }
  throw new Error('Expected a ControlPlaneError');
}

const cached = (dir: string) => join(dir, 'cache/k8s-1.36.3/linux-amd64');

test('ensureBinaries takes a complete cache, silently', async () => {
  await withTempDir(async (dir) => {
    for (const name of binaryNames) givenProgram(cached(dir), name);
    const lines: string[] = [];
    const log = consoleLog((line) => lines.push(line));
    const env = { GITOPS_REVERSER_CACHE: join(dir, 'cache') };
    const found = await ensureBinaries({ log, env, platform, indexUrl: 'http://127.0.0.1:1/' });
    assert.is(found.kubectl, join(cached(dir), 'kubectl'));
    assert.equal(lines, []);
  });
});

test('ensureBinaries prefers KUBEBUILDER_ASSETS and takes the rest from the cache', async () => {
  await withTempDir(async (dir) => {
    for (const name of binaryNames) givenProgram(cached(dir), name);
    const assets = join(dir, 'assets');
    for (const name of ['etcd', 'kube-apiserver'] as const) givenProgram(assets, name);
    const env = { GITOPS_REVERSER_CACHE: join(dir, 'cache'), KUBEBUILDER_ASSETS: assets };
    const found = await ensureBinaries({ log: silentLog, env, platform });
    assert.equal(found, {
      etcd: join(assets, 'etcd'),
      'kube-apiserver': join(assets, 'kube-apiserver'),
      'kube-controller-manager': join(cached(dir), 'kube-controller-manager'),
      kubectl: join(cached(dir), 'kubectl'),
    });
  });
});

test('ensureBinaries refuses KUBEBUILDER_ASSETS without a kube-apiserver', async () => {
  await withTempDir(async (dir) => {
    givenProgram(dir, 'etcd');
    const env = { KUBEBUILDER_ASSETS: dir, GITOPS_REVERSER_CACHE: join(dir, 'cache') };
    const error = await failure(ensureBinaries({ log: silentLog, env, platform }));
    assert.is(error.code, 'AssetsIncomplete');
    assert.match(error.message, 'kube-apiserver');
  });
});

test('ensureBinaries uses an archive whose checksum fits', async () => {
  await withTempDir((dir) =>
    withRelease(
      dir,
      (real) => real,
      async (indexUrl) => {
        // The archive has no kube-controller-manager; here it comes from the cache.
        givenProgram(cached(dir), 'kube-controller-manager');
        const env = { GITOPS_REVERSER_CACHE: join(dir, 'cache'), PATH: withoutGo(dir) };
        const found = await ensureBinaries({ log: silentLog, env, platform, indexUrl });
        assert.is(readFileSync(found['kube-apiserver'], 'utf8'), script('archived kube-apiserver'));
        const files = readdirSync(cached(dir)).sort();
        assert.equal(files, [...binaryNames].sort());
      },
    ),
  );
});

test('ensureBinaries refuses an archive whose checksum does not fit', async () => {
  await withTempDir((dir) =>
    withRelease(
      dir,
      (real) => real.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      async (indexUrl) => {
        const env = { GITOPS_REVERSER_CACHE: join(dir, 'cache'), PATH: withoutGo(dir) };
        const error = await failure(ensureBinaries({ log: silentLog, env, platform, indexUrl }));
        assert.is(error.code, 'ChecksumMismatch');
        assert.not(existsSync(join(cached(dir), 'kube-apiserver')));
        assert.not(existsSync(join(cached(dir), '.lock')));
      },
    ),
  );
});

test('ensureBinaries says what to install when there is neither network nor Go', async () => {
  await withTempDir(async (dir) => {
    const lines: string[] = [];
    const log = consoleLog((line) => lines.push(line));
    const env = { GITOPS_REVERSER_CACHE: join(dir, 'cache'), PATH: withoutGo(dir) };
    const error = await failure(ensureBinaries({ log, env, platform, indexUrl: 'http://127.0.0.1:1/' }));
    assert.is(error.code, 'ToolchainMissing');
    assert.match(error.message, 'Install Go');
    assert.is(lines.length, 1);
    assert.match(lines[0] ?? '', 'No download of the release archive here');
  });
});

/** A `go` that builds in no time: it makes an empty program for each package, or runs `build` instead. */
function givenGo(dir: string, build = ''): NodeJS.ProcessEnv {
  const bin = join(dir, 'path');
  mkdirSync(bin);
  writeFileSync(join(dir, 'go.mod'), 'go 1.26.0\n\nrequire k8s.io/api v0.0.0\n');
  const lines = [
    '#!/bin/sh',
    'case "$1" in',
    'env) echo go1.26.8; exit ;;',
    `mod) echo '{"GoMod": "${join(dir, 'go.mod')}"}'; exit ;;`,
    'esac',
    build,
    'while [ "$1" != -o ]; do shift; done; out=$2; shift 2',
    'grep -q "k8s.io/api => k8s.io/api v0.36.3" go.mod || exit 9',
    'for package; do name=$(basename "$package"); [ "$name" = v3 ] && name=server; echo built > "$out$name"; chmod +x "$out$name"; done',
  ];
  writeFileSync(join(bin, 'go'), `${lines.join('\n')}\n`, { mode: 0o755 });
  return { GITOPS_REVERSER_CACHE: join(dir, 'cache'), PATH: `${bin}:/usr/bin:/bin` };
}

test('ensureBinaries builds what no place has', async () => {
  await withTempDir(async (dir) => {
    givenProgram(cached(dir), 'kubectl');
    const env = givenGo(dir);
    const found = await ensureBinaries({ log: silentLog, env, platform, indexUrl: 'http://127.0.0.1:1/' });
    assert.is(readFileSync(found.etcd, 'utf8'), 'built\n');
    assert.is(readFileSync(found.kubectl, 'utf8'), script('Kubernetes v1.36.3'));
    assert.equal(readdirSync(cached(dir)).sort(), [...binaryNames].sort());
  });
});

test('ensureBinaries shows the end of a failed build, and leaves nothing of it', async () => {
  await withTempDir(async (dir) => {
    const env = givenGo(dir, 'echo "no space left on device" >&2; exit 1');
    const error = await failure(
      ensureBinaries({ log: silentLog, env, platform, indexUrl: 'http://127.0.0.1:1/' }),
    );
    assert.is(error.code, 'BuildFailed');
    assert.match(error.message, 'go build failed:\nno space left on device');
    assert.equal(readdirSync(cached(dir)), []);
  });
});

test('ensureBinaries called twice at once builds once', async () => {
  await withTempDir(async (dir) => {
    const env = givenGo(dir, `echo x >> ${join(dir, 'builds')}; sleep 0.3`);
    const lines: string[] = [];
    const log = consoleLog((line) => lines.push(line));
    const ensure = () => ensureBinaries({ log, env, platform, indexUrl: 'http://127.0.0.1:1/' });
    const [one, two] = await Promise.all([ensure(), ensure()]);
    assert.equal(one, two);
    assert.is(readFileSync(join(dir, 'builds'), 'utf8'), 'x\n');
    assert.ok(lines.some((line) => line.startsWith('Another process')));
  });
});

test.run();
