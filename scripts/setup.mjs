#!/usr/bin/env node
// Makes a fresh clone ready, and does nothing in one that is. Plain JavaScript without dependencies, since it runs
// before `npm ci`. With --test it also looks for what only the tests need.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nodeMin = [20, 19];
const gitMin = [2, 31];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (process.argv.includes('--help')) {
  console.log(
    'Usage: node scripts/setup.mjs [--test]\n\n' +
      'Checks Node and git, and installs the npm packages of package-lock.json when they are not there.\n' +
      '--test  also makes sure that sshd, openssl and PyYAML are there, which the tests run.',
  );
  process.exit(0);
}

checkVersions();
installPackages();
if (process.argv.includes('--test')) ensureTestPrograms();

/** Node and git, new enough. */
function checkVersions() {
  if (!isAtLeast(process.versions.node, nodeMin)) {
    fail(
      `Node ${nodeMin.join('.')} or newer is needed, this is ${process.versions.node}: https://nodejs.org`,
    );
  }
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' });
  if (git.status !== 0) fail('git is needed and was not found on PATH: https://git-scm.com/downloads');
  const version = /\d+(\.\d+)+/.exec(git.stdout)?.[0] ?? '0';
  if (!isAtLeast(version, gitMin)) fail(`git ${gitMin.join('.')} or newer is needed, this is ${version}`);
}

/** `npm ci`, unless what is installed is what the lock file names. */
function installPackages() {
  const reason = whyInstall();
  if (reason === undefined) return;
  console.log(`Installing npm packages (${reason}); this takes about a minute`);
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  if (npm.error) fail(`npm can not be run: ${npm.error.message}`);
  if (npm.status !== 0) fail('npm ci failed; its messages stand above');
}

/**
 * Why node_modules is not what package-lock.json asks for, or undefined when it is. npm keeps a copy of what it
 * installed, and comparing that tells more than file times, which a checkout or a copy changes.
 */
function whyInstall() {
  const copy = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(copy)) return 'there are none';
  try {
    const wanted = packagesOf(join(root, 'package-lock.json'));
    const installed = packagesOf(copy);
    for (const [path, entry] of Object.entries(wanted)) {
      if (path === '' || (entry.optional && installed[path] === undefined)) continue;
      if (installed[path]?.version !== entry.version || installed[path]?.integrity !== entry.integrity) {
        return `${path} is not the one of package-lock.json`;
      }
    }
    return undefined;
  } catch (error) {
    return `can not compare with package-lock.json: ${error.message}`;
  }
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** What only the tests run, installed where that is possible without asking. */
function ensureTestPrograms() {
  const wanted = [
    { program: 'sshd', packageName: 'openssh-server' },
    { program: 'ssh-keygen', packageName: 'openssh-client' },
    { program: 'openssl', packageName: 'openssl' },
    { program: 'PyYAML', packageName: 'python3-yaml', isThere: hasPyYaml },
  ];
  const isMissing = ({ program, isThere = isInstalled }) => !isThere(program);
  const missing = wanted.filter(isMissing);
  if (missing.length === 0) return;
  const packages = missing.map(({ packageName }) => packageName);
  const programs = missing.map(({ program }) => program).join(', ');
  if (process.getuid?.() === 0 && isInstalled('apt-get')) {
    console.log(`Installing ${packages.join(', ')} for the tests (missing: ${programs})`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const ran = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
      // Whether the programs are there now decides, not what apt thinks of its mirrors.
      if (ran.status !== 0) console.error(ran.stderr.trim());
    }
  }
  const still = missing.filter(isMissing);
  if (still.length === 0) return;
  fail(
    `The tests need ${still.map(({ program }) => program).join(', ')}. Install it, for example with\n` +
      `  sudo apt-get install ${still.map(({ packageName }) => packageName).join(' ')}`,
  );
}

/** sshd is rarely on a user's PATH. */
function isInstalled(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}

/** The first python3 on PATH may be one of a person's own, without it. The same places as the tests look at. */
function hasPyYaml() {
  return ['python3', '/usr/bin/python3'].some(
    (python) => spawnSync(python, ['-c', 'import yaml; yaml.CSafeLoader'], { stdio: 'ignore' }).status === 0,
  );
}

function isAtLeast(version, [major, minor]) {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number);
  return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
