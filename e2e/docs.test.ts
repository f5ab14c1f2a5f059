/**
 * What README and docs tell users to do: every manifest is accepted by a real API server and the operator's webhook,
 * the commands of the quick start run in their order and end in the commits that it shows, those of the
 * troubleshooting page find what it made, and every link leads somewhere.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { App } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { InstallChart } from '../infra/install-chart.ts';
import { anchorsOf, codeBlocks, relativeLinks, sectionOf } from '../src/testing/markdown-blocks.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { type Scenario, withScenario } from '../src/testing/scenario.ts';
import { type SshGitServer, startSshGitServer } from '../src/testing/ssh-git-server.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const root = resolve(import.meta.dirname, '..');
const URL_OF_DOCS = 'git@github.com:example/audit.git';

/** What only a cluster with nodes, a registry or the internet can do. Everything else in a block of `sh` is run. */
const NOT_RUN: readonly RegExp[] = [
  /^npm ci$/,
  /^docker (build|push) /,
  // Done by the same code, in this process.
  /^GITOPS_REVERSER_IMAGE=\S+ npm run synth$/,
  /^kubectl rollout status /,
  /^ssh-keyscan github\.com > known-hosts$/,
  // It takes the kinds away that this test looks for in the end; e2e/install.test.ts does it.
  /^kubectl delete -f dist\/manifests$/,
];

interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
}

async function pages(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  const paths = [...docs.map((name) => `docs/${name}`), 'README.md', 'CONTRIBUTING.md'];
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

const isOurs = ({ apiVersion, kind }: Manifest) =>
  apiVersion?.startsWith('configbutler.ai/') === true || (apiVersion === 'v1' && kind === 'Secret');

/** Every YAML block is YAML, and those of our kinds would be stored. */
async function checkManifests(scenario: Scenario): Promise<void> {
  const objects: string[] = [];
  for (const { path, text } of await pages()) {
    for (const block of codeBlocks(text).filter(({ language }) => language === 'yaml')) {
      for (const document of parseAllDocuments(block.text)) {
        assert.equal(document.errors, [], `${path}:${block.line}`);
        const object = document.toJS() as Manifest;
        if (isOurs(object)) objects.push(JSON.stringify(object));
      }
    }
  }
  for (const name of ['quickstart.yaml', 'git-credentials.yaml']) {
    objects.push(await readFile(join(root, 'examples', name), 'utf8'));
  }
  const args = ['apply', '--dry-run=server', '--validate=strict', '-n', 'gitops-audit', '-f', '-'];
  const said = await scenario.kubectl('admin', args, objects.join('\n---\n'));
  assert.ok(said.trim().split('\n').length > objects.length, said);
}

/** Run the commands of the blocks of `sh`, one after another; `\` joins lines. */
async function runCommands(markdown: string, dir: string, env: NodeJS.ProcessEnv): Promise<number> {
  let count = 0;
  for (const { text } of codeBlocks(markdown).filter(({ language }) => language === 'sh')) {
    for (const command of text
      .replace(/\\\n\s*/g, '')
      .trim()
      .split('\n')) {
      if (NOT_RUN.some((pattern) => pattern.test(command))) continue;
      await mustRun('bash', ['-c', command], { cwd: dir, env });
      count += 1;
    }
  }
  return count;
}

/** What the reader has done by hand, or by commands that need more than there is here. */
async function prepare(dir: string, quickStart: string, ssh: SshGitServer, url: string): Promise<void> {
  await mkdir(join(dir, 'dist'));
  const app = new App({ outdir: join(dir, 'dist/manifests') });
  new InstallChart(app, 'gitops-reverser');
  app.synth();
  await writeFile(join(dir, 'known-hosts'), ssh.knownHosts());
  const manifest = codeBlocks(quickStart).find(({ language }) => language === 'yaml')?.text ?? '';
  assert.ok(manifest.includes(URL_OF_DOCS));
  await writeFile(join(dir, 'audit.yaml'), manifest.replace(URL_OF_DOCS, url));
}

/** Split before the Secret is made: until then the reader has added the public key at his host. */
async function checkQuickStart(scenario: Scenario, ssh: SshGitServer, dir: string): Promise<void> {
  const { controlPlane, remote } = scenario;
  const quickStart = sectionOf(await readFile(join(root, 'README.md'), 'utf8'), 'Quick start');
  await prepare(dir, quickStart, ssh, ssh.url(remote.path));
  const at = quickStart.indexOf('```sh\n   kubectl create namespace');
  let count = await runCommands(quickStart.slice(0, at), dir, controlPlane.env);
  await writeFile(join(dir, 'deploy-key'), ssh.privateKey);
  count += await runCommands(quickStart.slice(at - 3), dir, controlPlane.env);
  assert.ok(count >= 11, `${count} commands`);
  const log = codeBlocks(quickStart).find(({ text }) => text.startsWith('$ git log'))?.text ?? '';
  const shown = log.trim().split('\n').slice(1, 3);
  await scenario.commit(/^\[UPDATE\] ConfigMap\/hello /);
  const made = await remote.git('log', '-2', '--format=%an: %s', 'main');
  assert.equal(made.trim().split('\n'), shown);
}

test('docs: every relative link leads to a file, and to a heading of it', async () => {
  const broken: string[] = [];
  for (const { path, text } of await pages()) {
    for (const link of relativeLinks(text)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : relative(root, resolve(root, dirname(path), file));
      const found = await readFile(join(root, target), 'utf8').catch((error) =>
        error.code === 'EISDIR' ? '' : undefined,
      );
      if (found === undefined) broken.push(`${path}: ${link}`);
      else if (anchor !== undefined && !anchorsOf(found).has(anchor)) broken.push(`${path}: ${link}`);
    }
  }
  assert.equal(broken, []);
});

test('docs: manifests are accepted, and the quick start ends in the commits that it shows', async () => {
  const ssh = await startSshGitServer();
  try {
    await withTempDir((dir) =>
      withScenario(async (scenario) => {
        await checkQuickStart(scenario, ssh, dir);
        await checkManifests(scenario);
        const looks = await readFile(join(root, 'docs/troubleshooting.md'), 'utf8');
        assert.ok((await runCommands(looks, dir, scenario.controlPlane.env)) >= 15);
        const upgrade = await readFile(join(root, 'docs/upgrade-and-uninstall.md'), 'utf8');
        assert.is(await runCommands(upgrade, dir, scenario.controlPlane.env), 3);
      }),
    );
  } finally {
    await ssh.stop();
  }
});

test.run();
