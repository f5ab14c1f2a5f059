import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { CodedError } from '../errors.ts';

/** What a server is called by those who verify its certificate. */
export interface HostNames {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

/** The name in a `--webhook-url`: the API server asks for exactly the URL's host. Throws `InvalidSpec`. */
export function hostNamesOfUrl(url: string): HostNames {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' || parsed.hostname === '') {
    throw new CodedError('InvalidSpec', `"${url}" is not a webhook URL: write https://HOST:PORT`);
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    throw new CodedError(
      'InvalidSpec',
      'A webhook URL has no query and no fragment: write https://HOST:PORT or https://HOST:PORT/PATH',
    );
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? { dns: [host], ips: [] } : { dns: [], ips: [host] };
}

/** The names of a Service: the API server asks for `name.namespace.svc`, people for the others. */
export function hostNamesOfService(namespace: string, name: string): HostNames {
  const short = `${name}.${namespace}.svc`;
  return { dns: [short, `${short}.cluster.local`], ips: [] };
}

/** The names that a certificate does not stand for. */
export function missingNames(certificate: X509Certificate, { dns, ips }: HostNames): readonly string[] {
  return [
    // The API server looks at alternative names only.
    ...dns.filter((name) => certificate.checkHost(name, { subject: 'never' }) === undefined),
    ...ips.filter((ip) => certificate.checkIP(ip) === undefined),
  ];
}
