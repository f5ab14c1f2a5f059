import type { ErrorCode } from '../errors.ts';
import type { GitOutput } from './git.ts';
import { redactUrls } from './remote-url.ts';

/** Why a remote did not take a push. */
export type Rejection = 'NonFastForward' | 'Locked' | 'Hook' | 'Protected' | 'Other';

/** What a failed git command means. */
export interface GitFailure {
  readonly code: ErrorCode;
  /** One sentence for a person, with the remote's own words where they help. Holds no secret. */
  readonly message: string;
  /** Whether the same command may succeed later without anyone changing its input. */
  readonly retry: boolean;
  /** Set with PushRejected. */
  readonly rejection?: Rejection;
}

interface Rule {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly rejection?: Rejection;
  readonly retry?: boolean;
}

/** What is told of a clone that cannot be worked in until it is made anew. */
export const CLONE_DAMAGED = 'The local clone is damaged, and is made anew';

/** What git says of a lock in its own repository, and which; what a remote says of its own begins with `remote:`. */
export const LOCAL_LOCK = /^(?!remote:).*Unable to create '([^'\n]+\.lock)': File exists/m;

/**
 * git says what went wrong only in text. The first rule that matches wins, so the more telling stand first:
 * an SSH failure, for one, always ends with "Could not read from remote repository", whatever its cause.
 */
const rules: readonly Rule[] = [
  // Local
  {
    pattern: /^remote:.*(No space left on device|Disk quota exceeded|Out of diskspace)/im,
    code: 'PushRejected',
    rejection: 'Other',
    message: 'No space is left on the disk of the server',
    retry: true,
  },
  {
    // Of a ref's lock file that it could create and not write, git tells no reason; on a full disk it does not fit.
    pattern:
      /No space left on device|Disk quota exceeded|Out of diskspace|ENOSPC|^error: .*couldn't write '.*\.lock'/im,
    code: 'DiskFull',
    message: 'No space is left on the disk',
    retry: true,
  },
  {
    // `needs force`: what is to be pushed there is no commit, as it is not there at all.
    pattern:
      /^(error|fatal): (.*(inflate: data stream error|is corrupt|corrupt loose object|object file \S+ is empty|unable to unpack \S+ header|not a tree object|with nonexistent object|is not a GIT packfile)|bad object |missing object |unable to read (tree|[0-9a-f]{40})|Could not read [0-9a-f]{40}|could not parse (commit|tree)|packfile .* (cannot be accessed|does not match index|is far too short)|index file .* is too small|non-monotonic index |not a git repository \(or any)|^Cannot use simple-git on a directory that does not exist|^!.*\[rejected\] \(needs force\)/m,
    code: 'CloneDamaged',
    message: CLONE_DAMAGED,
    retry: true,
  },
  {
    pattern: LOCAL_LOCK,
    code: 'GitFailed',
    message: 'A git command was killed and left a lock in the local clone; it is removed within a minute',
    retry: true,
  },
  {
    pattern: /spawn git ENOENT/,
    code: 'GitFailed',
    message: 'The program "git" is not installed, or not on PATH',
  },
  {
    pattern: /cannot run ssh|(exec|ssh): (.*)not found/i,
    code: 'GitFailed',
    message: 'The program "ssh" is not installed, or not on PATH',
  },
  {
    pattern: /Load key .*(invalid format|error in libcrypto)/i,
    code: 'InvalidSecret',
    message: 'The SSH key in the Secret cannot be read',
  },
  // Host keys
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    code: 'HostKeyRejected',
    message: 'The server shows another host key than the known one: it was replaced, or is an impostor',
  },
  {
    pattern: /Host key verification failed|No \S+ host key is known for/,
    code: 'HostKeyRejected',
    message: 'The host key of the server is not among the known hosts',
  },
  // Certificates
  {
    pattern:
      /SSL certificate problem|server certificate verification failed|certificate subject name|SSL: no alternative certificate|unable to get local issuer|self[- ]signed certificate/i,
    code: 'CertificateRejected',
    message: 'The certificate of the server is not trusted',
  },
  {
    pattern: /error setting certificate (verify locations|file)|problem with the SSL CA cert/i,
    code: 'InvalidSecret',
    message: 'The CA certificate in the Secret cannot be read',
  },
  // Pushes
  {
    pattern:
      /\(protected branch hook declined\)|GH006|GH013|protected branch|TF402455|not allowed to (force )?push code to protected/i,
    code: 'PushRejected',
    rejection: 'Protected',
    message: 'The branch is protected on the server',
    retry: true,
  },
  {
    pattern: /\((pre-receive|update|reference-transaction) hook declined\)|hook declined/i,
    code: 'PushRejected',
    rejection: 'Hook',
    message: 'A hook on the server declined the push',
    retry: true,
  },
  {
    // Somebody else's push in this very moment; or one that was killed there, and then it stays.
    pattern: /^remote: error: .*Unable to create '.*\.lock': File exists/m,
    code: 'PushRejected',
    rejection: 'Locked',
    message:
      'The server holds a lock: somebody pushes there right now, or did so when the server was stopped and left it',
    retry: true,
  },
  {
    pattern:
      /\((fetch first|non-fast-forward|stale info)\)|reference already exists|cannot lock ref|failed to update ref|incorrect old value provided/i,
    code: 'PushRejected',
    rejection: 'NonFastForward',
    message: 'The remote branch has newer commits',
    retry: true,
  },
  // Who may
  {
    pattern:
      /key you are authenticating with has been marked as read only|write access to repository not granted|not allowed to push|You are not allowed to (push|upload)|deploy key (does not have|is read)|Permission to \S+ denied|repository is archived|is read-only/i,
    code: 'PermissionDenied',
    message: 'The credentials may not write to the repository',
    retry: true,
  },
  {
    pattern:
      /Permission denied \((publickey|.*publickey.*)\)|Authentication failed for|HTTP Basic: Access denied|Invalid username or (password|token)|could not read (Username|Password)|terminal prompts disabled|Too many authentication failures|requested URL returned error: 401|support for password authentication was removed/i,
    code: 'AuthenticationFailed',
    message: 'The server does not accept the credentials',
    retry: true,
  },
  {
    pattern: /requested URL returned error: 403/i,
    code: 'PermissionDenied',
    message: 'The server does not allow this with these credentials',
    retry: true,
  },
  {
    pattern:
      /Repository not found|repository '[^']*' not found|requested URL returned error: (404|410)|does not appear to be a git repository|project you were looking for could not be found|not found: did you run git update-server-info|No such project|repository (.* )?does not exist|could not find repository/i,
    code: 'RepositoryNotFound',
    message: 'The repository does not exist, or these credentials may not see it',
    retry: true,
  },
  // On the way
  {
    pattern: /unable to update url base from redirection|requested URL returned error: 30\d/i,
    code: 'InvalidUrl',
    message: 'The server sends git elsewhere. Use the URL that it redirects to',
  },
  {
    pattern:
      /Could not resolve (host|hostname|proxy)|Name or service not known|Temporary failure in name resolution|nodename nor servname/i,
    code: 'RemoteUnreachable',
    message: 'The name of the server cannot be resolved',
    retry: true,
  },
  {
    pattern: /Connection refused|Failed to connect to|Couldn't connect to server/i,
    code: 'RemoteUnreachable',
    message: 'The server does not accept connections',
    retry: true,
  },
  {
    pattern:
      /Connection timed out|Operation timed out|timeout, server .* not responding|Connection to .* timed out/i,
    code: 'TimedOut',
    message: 'The server does not answer',
    retry: true,
  },
  {
    pattern:
      /No route to host|Network is unreachable|Connection (reset|closed)|Broken pipe|kex_exchange_identification|remote end hung up|early EOF|unexpected disconnect|RPC failed|requested URL returned error: (429|5\d\d)|gnutls_handshake|SSL_ERROR|OpenSSL SSL_connect|server hung up|Empty reply|mux_client|unable to access|Could not read from remote repository/i,
    code: 'RemoteUnreachable',
    message: 'The connection to the server failed',
    retry: true,
  },
  {
    pattern: /unable to write|Read-only file system|Permission denied|insufficient permission/i,
    code: 'GitFailed',
    message: 'git cannot write its files',
    retry: true,
  },
  {
    pattern: /\[remote rejected\]|\[rejected\]/,
    code: 'PushRejected',
    rejection: 'Other',
    message: 'The server rejected the push',
    retry: true,
  },
];

const detailLengthMax = 240;

/** Says what a failed git command means, from its output. */
export function classifyGitFailure(output: GitOutput): GitFailure {
  if (output.endedBy === 'timeout') {
    return { code: 'TimedOut', message: 'The git command took too long and was ended', retry: true };
  }
  if (output.endedBy === 'abort') {
    return { code: 'GitFailed', message: 'The git command was cancelled', retry: true };
  }
  // A rejected ref stands in the porcelain output; everything else on stderr.
  const text = `${output.stdout
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .join('\n')}\n${output.stderr}`;
  const rule = rules.find(({ pattern }) => pattern.test(text));
  const detail = detailOf(text);
  const said = (message: string) => (detail === '' ? message : `${message} (${detail})`);
  if (rule === undefined) {
    return { code: 'GitFailed', message: said(`git failed with exit code ${output.exitCode}`), retry: true };
  }
  const { code, message, rejection, retry = false } = rule;
  return { code, message: said(message), retry, ...(rejection === undefined ? {} : { rejection }) };
}

/** The remote's own words if there are any, else git's first complaint: one line, no secrets, no control characters. */
function detailOf(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  const remote = lines
    .filter((line) => /^remote:/.test(line))
    .map((line) => line.replace(/^remote:\s*/, ''))
    .filter((line) => /[A-Za-z]/.test(line));
  const fingerprint = lines.find((line) => /^SHA256:\S+\.$/.test(line));
  const own = lines.find(
    (line) =>
      /^(fatal:|error:|ssh: |\S+@\S+: |No \S+ host key)/.test(line) && !/^error: failed to push/.test(line),
  );
  const chosen =
    remote.length > 0 ? remote.slice(0, 3).join(' ') : (fingerprint?.replace(/^/, 'it shows ') ?? own ?? '');
  const clean = redactUrls(chosen)
    .replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')
    .replace(/(authorization|token|password|bearer)([:= ]+)\S+/gi, '$1$2***');
  return clean.length > detailLengthMax ? `${clean.slice(0, detailLengthMax)}…` : clean;
}
