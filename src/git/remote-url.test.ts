import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRemoteUrl, redactUrls } from './remote-url.ts';

function parsed(text: string, allowLocalRepositories = false) {
  const result = parseRemoteUrl(text, { allowLocalRepositories });
  if (!result.ok) throw result.error;
  return result.remote;
}

function refused(text: string) {
  const result = parseRemoteUrl(text);
  return result.ok ? 'accepted' : result.error.code;
}

test('parseRemoteUrl keeps the user of an scp-like URL', () => {
  const remote = parsed('deploy@git.example.com:team/repo.git');
  assert.is(remote.transport, 'ssh');
  assert.is(remote.user, 'deploy');
  assert.is(remote.host, 'git.example.com');
  assert.is(remote.path, 'team/repo.git');
  assert.is(remote.url, 'deploy@git.example.com:team/repo.git');
});

test('parseRemoteUrl takes ssh, https, http and IPv6 URLs apart', () => {
  assert.is(parsed('ssh://me@host:2222/a/b').port, 2222);
  assert.is(parsed('ssh://me@[::1]:2222/a/b').host, '[::1]');
  assert.is(parsed('git@[::1]:a/b').host, '[::1]');
  assert.is(parsed('https://host/a/b').transport, 'https');
  assert.is(parsed('http://host:3000/a').port, 3000);
  assert.is(parsed('host:a/b').user, null);
});

test('parseRemoteUrl refuses what git would run, read as an option or take for a local path', () => {
  for (const text of [
    '',
    '-oProxyCommand=x',
    'ext::sh -c x',
    'ext::sh',
    'fd::7',
    'git://host/a',
    'ftp://host/a',
    '/srv/repo',
    './repo',
    'repo',
    'ssh://-oProxyCommand=x/a',
    '-oX@host:a',
    'ssh://-l@host/a',
    'host:-x',
    'https://user:pw@host/a',
    'https://token@host/a',
    'ssh://u:pw@host/a',
    'https://host/a?x=1',
    'https://host/a#x',
    'https://host/',
    'https://host/a\nb',
    'https://host/a b',
    'https://ho\\st/a',
    'ssh://host/%0a',
    'https://host/%zz',
    'C:\\repo x',
    'ssh://',
    `https://host/${'a'.repeat(3000)}`,
  ]) {
    assert.is(refused(text), 'InvalidUrl', text);
  }
});

test('parseRemoteUrl never repeats an embedded password', () => {
  const result = parseRemoteUrl('https://user:hunter2@host/a');
  assert.is(result.ok, false);
  if (!result.ok) assert.not.match(result.error.message, 'hunter2');
});

test('parseRemoteUrl allows file:// only with the flag', () => {
  assert.is(refused('file:///srv/repo.git'), 'LocalRepositoriesNotAllowed');
  assert.is(parsed('file:///srv/repo.git', true).path, '/srv/repo.git');
  const relative = parseRemoteUrl('file://srv/repo.git', { allowLocalRepositories: true });
  assert.is(relative.ok, false);
});

test('parseRemoteUrl gives spellings of one repository one identity', () => {
  const one = parsed('https://Example.com/a/b.git').identity;
  assert.is(parsed('https://example.com:443/a/b/').identity, one);
  assert.is.not(parsed('http://example.com/a/b').identity, one);
  assert.is(parsed('ssh://git@host:22/a').identity, parsed('ssh://git@HOST/a.git').identity);
  assert.is.not(parsed('git@host:a').identity, parsed('git@host:/a').identity);
});

test('redactUrls hides users and passwords', () => {
  assert.is(redactUrls('fatal: https://u:p@host/x failed'), 'fatal: https://***@host/x failed');
});

test.run();
