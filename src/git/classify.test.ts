import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classifyGitFailure } from './classify.ts';

const ending = [
  'fatal: Could not read from remote repository.',
  '',
  'Please make sure you have the correct access rights',
  'and the repository exists.',
  '',
].join('\n');
const at = "'https://127.0.0.1:36611/srv/audit.git/'";
const rejected = (why: string) => `To file:///srv/audit.git\n!\tHEAD:refs/heads/main\t${why}\nDone\n`;

/** Recorded from git 2.39.5 and OpenSSH 9.2 against real servers; hosts' own words as they publish them. */
const table: readonly (readonly [name: string, code: string, stderr: string, stdout?: string])[] = [
  [
    'a missing file:// repository',
    'RepositoryNotFound',
    `fatal: '/srv/x.git' does not appear to be a git repository\n${ending}`,
  ],
  [
    'newer commits',
    'PushRejected NonFastForward',
    "error: failed to push some refs to 'file:///srv/audit.git'\nhint: Updates were rejected",
    rejected('[rejected] (fetch first)'),
  ],
  [
    'newer commits that are here',
    'PushRejected NonFastForward',
    '',
    rejected('[rejected] (non-fast-forward)'),
  ],
  [
    'a branch made meanwhile',
    'PushRejected NonFastForward',
    '',
    rejected('[remote rejected] (reference already exists)'),
  ],
  [
    "a lock, another's or one that was left",
    'PushRejected Locked',
    "remote: error: cannot lock ref 'refs/heads/main': Unable to create '/srv/audit.git/./refs/heads/main.lock': File exists.        \nremote: \nremote: Another git process seems to be running in this repository, e.g.        \nerror: failed to push some refs to 'file:///srv/audit.git'\n",
    rejected('[remote rejected] (atomic transaction failed)'),
  ],
  [
    'a lock in the local clone',
    'GitFailed',
    "fatal: prepare: cannot lock ref 'refs/heads/main': Unable to create '/data/x.git/./refs/heads/main.lock': File exists.\n",
  ],
  [
    'a hook',
    'PushRejected Hook',
    'remote: GL-HOOK: no        \nerror: failed to push some refs',
    rejected('[remote rejected] (pre-receive hook declined)'),
  ],
  ['a wrong SSH key', 'AuthenticationFailed', `me@127.0.0.1: Permission denied (publickey).\r\n${ending}`],
  [
    'an unknown host',
    'HostKeyRejected',
    `No ED25519 host key is known for [127.0.0.1]:39551 and you have requested strict checking.\r\nHost key verification failed.\r\n${ending}`,
  ],
  [
    'another host key',
    'HostKeyRejected',
    `@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nSHA256:RnrUG811mbZz5u7DMZPbZBLH7TN/+s1Z3OC2DjsNpjM.\r\n  ssh-keygen -f "/tmp/gr-vDuwTT/known_hosts" -R "x"\r\nHost key verification failed.\r\n${ending}`,
  ],
  [
    'a broken SSH key',
    'InvalidSecret',
    `Load key "/tmp/gr-PkM7h7/key": error in libcrypto\r\nme@127.0.0.1: Permission denied (publickey).\r\n${ending}`,
  ],
  [
    'no SSH server',
    'RemoteUnreachable',
    `ssh: connect to host 127.0.0.1 port 39551: Connection refused\r\n${ending}`,
  ],
  [
    'an unknown SSH host',
    'RemoteUnreachable',
    `ssh: Could not resolve hostname host.invalid: Name or service not known\r\n${ending}`,
  ],
  [
    'an SSH host that is silent',
    'TimedOut',
    `ssh: connect to host 10.0.0.1 port 22: Connection timed out\r\n${ending}`,
  ],
  [
    'an unknown CA',
    'CertificateRejected',
    `fatal: unable to access ${at}: server certificate verification failed. CAfile: none CRLfile: none\n`,
  ],
  [
    'an unknown CA, with OpenSSL',
    'CertificateRejected',
    `fatal: unable to access ${at}: SSL certificate problem: unable to get local issuer certificate\n`,
  ],
  [
    'a wrong password',
    'AuthenticationFailed',
    `remote: Bad credentials\nfatal: Authentication failed for ${at}\n`,
  ],
  [
    'no password',
    'AuthenticationFailed',
    "fatal: could not read Username for 'https://127.0.0.1:36611': terminal prompts disabled\n",
  ],
  [
    'status 403',
    'PermissionDenied',
    `fatal: unable to access ${at}: The requested URL returned error: 403\n`,
  ],
  ['status 404', 'RepositoryNotFound', `fatal: repository ${at} not found\n`],
  [
    'status 503',
    'RemoteUnreachable',
    `fatal: unable to access ${at}: The requested URL returned error: 503\n`,
  ],
  ['status 301', 'InvalidUrl', `fatal: unable to access ${at}: The requested URL returned error: 301\n`],
  [
    'no HTTPS server',
    'RemoteUnreachable',
    `fatal: unable to access ${at}: Failed to connect to 127.0.0.1 port 36611 after 0 ms: Couldn't connect to server\n`,
  ],
  [
    'an unknown HTTPS host',
    'RemoteUnreachable',
    "fatal: unable to access 'https://host.invalid/x/': Could not resolve host: host.invalid\n",
  ],
  [
    'a connection cut off',
    'RemoteUnreachable',
    'send-pack: unexpected disconnect while reading sideband packet\nfatal: the remote end hung up unexpectedly\n',
  ],
  [
    'a full disk',
    'DiskFull',
    'error: unable to write file: No space left on device\nfatal: unpack-objects died\n',
  ],
  [
    'a full disk, of a pack',
    'DiskFull',
    "fatal: sha1 file 'objects/pack/tmp_pack_x' write error. Out of diskspace\n",
  ],
  [
    'a full disk, of a ref',
    'DiskFull',
    "error: cannot update ref 'refs/gitops-reverser/fetched/main': couldn't write '/data/x.git/./refs/gitops-reverser/fetched/main.lock'\n",
  ],
  [
    "the server's full disk",
    'PushRejected Other',
    'remote: fatal: write error: No space left on device\n',
    rejected('[remote rejected] (unpacker error)'),
  ],
  ['GitHub: no such repository', 'RepositoryNotFound', `ERROR: Repository not found.\n${ending}`],
  [
    'GitHub: a read-only deploy key',
    'PermissionDenied',
    `ERROR: The key you are authenticating with has been marked as read only.\n${ending}`,
  ],
  [
    'GitHub: no right to push',
    'PermissionDenied',
    `remote: Permission to o/r.git denied to u.\nfatal: unable to access ${at}: The requested URL returned error: 403\n`,
  ],
  [
    'GitHub: a protected branch',
    'PushRejected Protected',
    'remote: error: GH006: Protected branch update failed for refs/heads/main.\n',
    rejected('[remote rejected] (protected branch hook declined)'),
  ],
  [
    'GitLab: a protected branch',
    'PushRejected Protected',
    'remote: GitLab: You are not allowed to push code to protected branches on this project.\n',
    rejected('[remote rejected] (pre-receive hook declined)'),
  ],
  [
    'GitLab: a wrong token',
    'AuthenticationFailed',
    `remote: HTTP Basic: Access denied\nfatal: Authentication failed for ${at}\n`,
  ],
  [
    'GitLab: no such project',
    'RepositoryNotFound',
    `remote: The project you were looking for could not be found or you don't have permission to view it.\n${ending}`,
  ],
  ['Bitbucket: no such repository', 'RepositoryNotFound', `conq: repository does not exist.\n${ending}`],
  ['anything else', 'GitFailed', 'fatal: something new\n'],
  [
    'a broken pack, in a push',
    'CloneDamaged',
    'error: inflate: data stream error (invalid bit length repeat)\nfatal: packed object 0bf48d0aab83fe579048a19b435629fd0ad772a2 (stored in objects/pack/pack-f75a022ce332456e64d5429bc1aaacd831c2aca4.pack) is corrupt\nfatal: the remote end hung up unexpectedly\n',
  ],
  [
    'a pack that is gone, in a fetch',
    'CloneDamaged',
    'fatal: bad object refs/heads/main\nerror: file:///srv/audit.git did not send all necessary objects\n',
  ],
  [
    'a pack that is gone, in a list of refs',
    'CloneDamaged',
    'fatal: missing object 0bf48d0aab83fe579048a19b435629fd0ad772a2 for refs/heads/main\n',
  ],
  [
    'a pack that is something else, in a push',
    'CloneDamaged',
    "error: file ./objects/pack/pack-f75a022ce332456e64d5429bc1aaacd831c2aca4.pack is not a GIT packfile\nerror: Could not read 0bf48d0aab83fe579048a19b435629fd0ad772a2\nerror: failed to push some refs to 'file:///srv/audit.git'\n",
    rejected('[rejected] (non-fast-forward)'),
  ],
  [
    'a pack that is gone with older commits, in a push',
    'CloneDamaged',
    "error: Could not read 0bf48d0aab83fe579048a19b435629fd0ad772a2\nerror: failed to push some refs to 'file:///srv/audit.git'\n",
    rejected('[rejected] (non-fast-forward)'),
  ],
  [
    'a pack that is gone with the newest commit, in a push',
    'CloneDamaged',
    "error: failed to push some refs to 'file:///srv/audit.git'\nhint: You cannot update a remote ref that points at a non-commit object,\n",
    rejected('[rejected] (needs force)'),
  ],
  [
    'a broken index of a pack, in a fetch',
    'CloneDamaged',
    'error: non-monotonic index ./objects/pack/pack-f75a022ce332456e64d5429bc1aaacd831c2aca4.idx\nerror: failed to push\n',
  ],
  ['a clone that is gone', 'CloneDamaged', 'Cannot use simple-git on a directory that does not exist'],
  [
    'a clone without its parts',
    'CloneDamaged',
    'fatal: not a git repository (or any of the parent directories): .git\n',
  ],
  [
    'a broken repository of the server',
    'RemoteUnreachable',
    'remote: fatal: bad object refs/heads/main\nfatal: the remote end hung up unexpectedly\n',
  ],
];

for (const [name, expected, stderr, stdout = ''] of table) {
  test(`classifyGitFailure knows ${name}`, () => {
    const failure = classifyGitFailure({ exitCode: 128, stdout, stderr, endedBy: null });
    assert.is([failure.code, failure.rejection].filter(Boolean).join(' '), expected, failure.message);
    assert.not.match(failure.message, /[\n\r]|\/tmp\//);
  });
}

test("classifyGitFailure quotes the remote's own words, but no password and no control character", () => {
  const { message } = classifyGitFailure({
    exitCode: 1,
    stdout: rejected('[remote rejected] (pre-receive hook declined)'),
    stderr: 'remote: Only \x1b[31mon weekdays        \nremote: see https://u:hunter2@host/ token=hunter2\n',
    endedBy: null,
  });
  assert.match(message, 'Only');
  assert.match(message, 'on weekdays');
  assert.not.match(message, /hunter2|\x1b/);
});

test('classifyGitFailure tells a command that was ended', () => {
  const output = { exitCode: -1, stdout: '', stderr: '' };
  assert.is(classifyGitFailure({ ...output, endedBy: 'timeout' }).code, 'TimedOut');
});

test.run();
