import { CodedError } from '../errors.ts';

/** A Git URL that was found safe to hand to git, taken apart. */
export interface RemoteUrl {
  readonly transport: 'ssh' | 'https' | 'http' | 'file';
  /** What git is given. Holds no password and no token: it can be shown. */
  readonly url: string;
  /** One spelling per repository: equal for URLs that differ only in case of the host, default port or `.git`. */
  readonly identity: string;
  /** Empty for `file`. */
  readonly host: string;
  readonly port: number | null;
  /** The user of an SSH URL as it was written, or null. */
  readonly user: string | null;
  readonly path: string;
}

export interface RemoteUrlOptions {
  /** Whether `file://` is allowed. Default: false. */
  readonly allowLocalRepositories?: boolean;
}

const urlLengthMax = 2048;
const defaultPorts: Readonly<Record<string, number>> = { ssh: 22, https: 443, http: 80 };
const forms = 'Use ssh://user@host/path, user@host:path or https://host/path';

/**
 * Takes a Git URL apart, or says what is wrong with it.
 * Anything that git or ssh could read as an option or a command (`ext::`, a leading `-`) is refused.
 */
export function parseRemoteUrl(
  text: string,
  options: RemoteUrlOptions = {},
): { readonly ok: true; readonly remote: RemoteUrl } | { readonly ok: false; readonly error: CodedError } {
  const fault = faultOf(text);
  if (fault !== null) return invalid(fault);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return parseScpLike(text);
  if (scheme === 'file') return parseLocal(text, options.allowLocalRepositories === true);
  if (scheme === 'ssh' || scheme === 'https' || scheme === 'http') return parseNetwork(text, scheme);
  return invalid(`The scheme "${scheme}" is not supported. ${forms}`);
}

type Parsed = ReturnType<typeof parseRemoteUrl>;

function invalid(message: string): Parsed {
  return { ok: false, error: new CodedError('InvalidUrl', message) };
}

function faultOf(text: string): string | null {
  if (text === '') return `The URL is empty. ${forms}`;
  if (text.length > urlLengthMax) return `The URL is longer than ${urlLengthMax} characters`;
  if (/[\x00-\x20\x7f]/.test(text)) return 'The URL contains a space or a control character';
  if (text.startsWith('-')) return 'The URL starts with "-"';
  if (/^[A-Za-z0-9+.-]+::/.test(text)) return `Remote helpers ("name::…") are not allowed. ${forms}`;
  return null;
}

function parseNetwork(text: string, transport: 'ssh' | 'https' | 'http'): Parsed {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return invalid(`The URL cannot be parsed. ${forms}`);
  }
  if (url.password !== '') {
    return invalid('The URL contains a password. Put it in the Secret that secretRef names');
  }
  if (transport !== 'ssh' && url.username !== '') {
    return invalid('The URL contains a user name or token. Put it in the Secret that secretRef names');
  }
  // The URL is for git to parse once more: what the two could read differently is refused.
  if (text.includes('\\')) return invalid('The URL contains a backslash');
  if (url.hash !== '' || url.search !== '') return invalid('The URL contains a query or a fragment');
  const user = url.username === '' ? null : decode(url.username);
  const path = decode(url.pathname);
  if (user === undefined || path === undefined) return invalid('The URL contains a broken %-escape');
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? null : Number(url.port);
  return checked({ transport, url: text, host, port, user, path });
}

/** `user@host:path`, read as git reads it: the colon comes before any slash; `[host]` holds an IPv6 address. */
function parseScpLike(text: string): Parsed {
  const match = /^(?:([^@:/]+)@)?(\[[0-9A-Fa-f:.]+\]|[^@:/[\]]+):(.+)$/.exec(text);
  const host = match?.[2];
  const path = match?.[3];
  if (host === undefined || path === undefined) {
    return invalid(`"${text}" is a local path or not a URL. ${forms}`);
  }
  return checked({
    transport: 'ssh',
    url: text,
    host: host.toLowerCase(),
    port: null,
    user: match?.[1] ?? null,
    path,
  });
}

function parseLocal(text: string, allowed: boolean): Parsed {
  if (!allowed) {
    return {
      ok: false,
      error: new CodedError(
        'LocalRepositoriesNotAllowed',
        'file:// repositories are not allowed. Start the operator with --allow-local-repositories to allow them',
      ),
    };
  }
  const path = text.slice('file://'.length);
  if (!path.startsWith('/') || path === '/') {
    return invalid('A file:// URL needs an absolute path, as in file:///srv/git/repo.git');
  }
  return checked({ transport: 'file', url: text, host: '', port: null, user: null, path });
}

function checked(parts: Omit<RemoteUrl, 'identity'>): Parsed {
  // ssh takes a host or user that starts with "-" for an option (CVE-2017-1000117).
  if (parts.transport !== 'file' && (parts.host === '' || parts.host.startsWith('-'))) {
    return invalid(parts.host === '' ? 'The URL has no host' : 'The host starts with "-"');
  }
  if (parts.user !== null && (parts.user.startsWith('-') || /[\s\x00-\x1f\x7f@:/]/.test(parts.user))) {
    return invalid('The user in the URL is not valid');
  }
  if (/[\x00-\x1f\x7f]/.test(parts.path) || parts.path.startsWith('-')) {
    return invalid('The path in the URL is not valid');
  }
  if (parts.path.replaceAll('/', '') === '') return invalid('The URL names no repository');
  return { ok: true, remote: { ...parts, identity: identityOf(parts) } };
}

function identityOf(parts: Omit<RemoteUrl, 'identity'>): string {
  const { transport, host, user } = parts;
  const port = parts.port ?? defaultPorts[transport];
  const relative = transport === 'ssh' && !parts.path.startsWith('/') ? '~/' : '';
  const path =
    relative +
    parts.path
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
      .replace(/\/{2,}/g, '/');
  const authority = transport === 'file' ? '' : `${user === null ? '' : `${user}@`}${host}:${port}`;
  return `${transport}://${authority}/${path.replace(/^\/+/, '')}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Any text with the user and password of every URL in it replaced by `***`. */
export function redactUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, '$1***@');
}
