import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from './errors.ts';
import { addRunOptions, type RunOptions, replicaOptions, webhookOptions } from './run-options.ts';

/** What the command line and the environment say; or what is told of it, as one text. */
function read(args: readonly string[], environment: Record<string, string> = {}): RunOptions | string {
  const told: string[] = [];
  const command = new Command('run').exitOverride().configureOutput({ writeErr: (text) => told.push(text) });
  // commander reads the variables of the process.
  Object.assign(process.env, environment);
  try {
    const options = addRunOptions(command, process.env).parse(args, { from: 'user' }).opts<RunOptions>();
    webhookOptions(options);
    replicaOptions(options);
    return options;
  } catch (error) {
    return error instanceof CodedError ? error.message : told.join('');
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
  }
}

function accepted(args: readonly string[], environment?: Record<string, string>): RunOptions {
  const options = read(args, environment);
  if (typeof options === 'string') throw new Error(options);
  return options;
}

const refusals: readonly (readonly [flag: string, value: string, mend: RegExp])[] = [
  ['--data-dir', '', /write a path/],
  ['--kubeconfig', '', /write a path/],
  ['--namespace', 'No Good', /such as gitops-reverser-system/],
  ['--namespace', '', /such as gitops-reverser-system/],
  ['--listen', '9443', /HOST:PORT/],
  ['--metrics-listen', '127.0.0.1:99999', /HOST:PORT/],
  ['--metrics-listen', '127.0.0.1:80x', /HOST:PORT/],
  ['--replica-address', '127.0.0.1:0', /HOST:PORT/],
  ['--webhook-url', 'http://host', /https:\/\/HOST:PORT/],
  ['--webhook-url', 'https://host?cluster=a', /no query/],
  ['--webhook-service', 'name', /NAMESPACE\/NAME/],
  ['--webhook-service', 'a/b/c', /NAMESPACE\/NAME/],
  ['--webhook-service', 'A/b_c', /NAMESPACE\/NAME/],
  ['--webhook-certificate-secret', 'a_b', /name of a Secret/],
  ['--leader-elect', 'yes', /true or false/],
  ['--allow-local-repositories', '0', /true or false/],
  ['--leader-elect-retry-period', 'soon', /such as 15s/],
  ['--leader-elect-retry-period', '600h', /at most 1h/],
  ['--log-level', 'loud', /debug, info, warn, error/],
];

for (const [flag, value, mend] of refusals) {
  test(`run ${flag}=${value} is refused, with the flag, the value and what to write`, () => {
    const byFlag = read([`${flag}=${value}`]);
    assert.match(String(byFlag), new RegExp(`^error: option '${flag} .*' argument '.*' is invalid\\.`));
    assert.match(String(byFlag), `argument '${value}'`);
    assert.match(String(byFlag), mend);
    if (value === '') return;
    const variable = `GITOPS_REVERSER_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`;
    const byVariable = read([], { [variable]: value });
    assert.match(String(byVariable), `value '${value}' from env '${variable}' is invalid`);
    assert.match(String(byVariable), mend);
  });
}

test('run refuses flags that do not go together', () => {
  const service = '--webhook-service=a/b';
  assert.match(String(read([service, '--webhook-url=https://host'])), 'exclude each other');
  assert.match(String(read(['--webhook-certificate-secret=a'])), 'give --webhook-service or --webhook-url');
  accepted(['--webhook-certificate-secret=a', service]);
  const tooShort = ['--leader-elect', '--leader-elect-lease-duration=5s'];
  assert.match(String(read(tooShort)), 'has to be longer than --leader-elect-renew-deadline');
});

test('run --webhook-url with a password is refused, and does not repeat it', () => {
  for (const url of ['https://user:pass-word@host', 'http://user:pass-word@host?a=b']) {
    const told = String(read([`--webhook-url=${url}`]));
    assert.match(told, '--webhook-url holds a user or a password');
    assert.not.match(told, 'pass-word');
  }
});

test('run: a switch is off unless it is given or set to true', () => {
  const { allowLocalRepositories, leaderElect } = accepted([]);
  assert.equal([allowLocalRepositories, leaderElect], [false, false]);
  assert.is(accepted(['--leader-elect', '--namespace=a']).leaderElect, true);
  assert.is(accepted(['--leader-elect=false']).leaderElect, false);
  const variable = 'GITOPS_REVERSER_ALLOW_LOCAL_REPOSITORIES';
  for (const [value, isOn] of [
    ['true', true],
    ['false', false],
    ['', false],
  ] as const)
    assert.is(accepted([], { [variable]: value }).allowLocalRepositories, isOn, value);
  assert.is(
    accepted(['--allow-local-repositories=false'], { [variable]: 'true' }).allowLocalRepositories,
    false,
  );
});

test('run: an empty variable counts as not set', () => {
  const { dataDir, kubeconfig, webhookUrl } = accepted([], {
    GITOPS_REVERSER_DATA_DIR: '',
    GITOPS_REVERSER_KUBECONFIG: '',
    GITOPS_REVERSER_WEBHOOK_URL: '',
  });
  assert.equal([dataDir, kubeconfig, webhookUrl], ['./data', undefined, undefined]);
});

test.run();
