import { InvalidArgumentError } from 'commander';
import { hostNamesOfUrl } from './certificates/host-names.ts';
import { messageOf } from './errors.ts';
import { isDnsLabel, isDnsSubdomain } from './kube/names.ts';
import { durationMs } from './reconcile/duration.ts';
import { type ListenAddress, parseListenAddress } from './server/listen-address.ts';

/** The longest duration that a flag takes. A timer of Node bears 24 days, and nobody wants to wait so long. */
const DURATION_MS_MAX = 3_600_000;

/*
 * Each of these reads the value of a flag, and throws what commander tells together with the flag (or the variable)
 * and the value.
 */

/** A path that is not empty. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty: write a path.');
  return text;
}

export function parseNamespace(text: string): string {
  if (isDnsLabel(text)) return text;
  throw new InvalidArgumentError('Write the name of a namespace, such as gitops-reverser-system.');
}

export function parseSecretName(text: string): string {
  if (isDnsSubdomain(text)) return text;
  throw new InvalidArgumentError('Write the name of a Secret, such as gitops-reverser-tls.');
}

/** `NAMESPACE/NAME`. */
export function parseService(text: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = '', more] = text.split('/');
  if (isDnsLabel(namespace) && isDnsLabel(name) && more === undefined) return { namespace, name };
  throw new InvalidArgumentError(
    'Write NAMESPACE/NAME of a Service, such as gitops-reverser-system/gitops-reverser-webhook.',
  );
}

/** `HOST:PORT`, to listen on. */
export function parseListen(text: string): ListenAddress {
  return telling(() => parseListenAddress(text));
}

/** `HOST:PORT`, to be reached at. */
export function parseReached(text: string): ListenAddress {
  const address = parseListen(text);
  if (address.port === 0) throw new InvalidArgumentError('Nobody is reached at port 0: write HOST:PORT.');
  return address;
}

/**
 * The URL of the webhooks, as the API server takes it; but for a user in it (`hasUser`), which is to be refused without
 * repeating the value.
 */
export function parseWebhookUrl(text: string): string {
  if (!hasUser(text)) telling(() => hostNamesOfUrl(text));
  return text;
}

/** Is there a user or a password in a URL? */
export function hasUser(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

/** Such as `15s` or `1m30s`, in milliseconds. */
export function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text))
    throw new InvalidArgumentError('Write a duration such as 15s.');
  const ms = durationMs(text);
  if (ms > DURATION_MS_MAX) throw new InvalidArgumentError('Write a duration of at most 1h.');
  return ms;
}

/** `true` or `false`. */
export function parseSwitch(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Write true or false.');
}

function telling<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
}
