import { type ExactObject, type ExactValue, exactAt, isExactObject } from './exact-value.ts';

/**
 * Ports and addresses of one fixture's objects are so far apart that the ones a fixture names do not meet. Node ports
 * begin at 30010 and 30012: below 30086, the API server draws none for others while it has some above. Source:
 * https://kubernetes.io/docs/concepts/services-networking/service/#avoid-nodeport-collisions
 */
const APART = 7;
/** Of the API server's default range. */
const NODE_PORT_MIN = 30_000n;
/** Names of the fixtures' own volumes and claims, and of the class that joins two of them. */
const OF_A_PAIR: ReadonlySet<string> = new Set(['bound', 'chosen', 'rt-chosen']);

/** The object under another name, and with ports, addresses and volumes of its own where it names some. */
export function renamed(object: ExactObject, at: number): ExactObject {
  const shifted = shift(object, at) as ExactObject;
  const spec = isExactObject(shifted.spec) ? shifted.spec : {};
  const named = (name: string, more: ExactObject = {}): ExactObject => ({
    ...shifted,
    ...(shifted.spec === undefined ? {} : { spec: { ...spec, ...more } }),
    metadata: { ...(shifted.metadata as ExactObject), name },
  });
  const group = `g${at}.${String(spec.group)}`;
  switch (object.kind) {
    case 'IPAddress':
      return named(`10.96.98.${at + 1}`);
    case 'CustomResourceDefinition':
      return named(`${String(exactAt(spec, 'names', 'plural'))}.${group}`, { group });
    case 'APIService':
      return named(`${String(spec.version)}.${group}`, { group });
    default:
      return named(suffixed(String(exactAt(object, 'metadata', 'name')), at));
  }
}

function suffixed(name: string, at: number): string {
  return `${name}-g${at}`;
}

function shift(value: ExactValue, at: number, key = ''): ExactValue {
  if (typeof value === 'bigint') return /odePort$/.test(key) ? shiftPort(value, at) : value;
  if (typeof value === 'string') return shiftText(value, at, key);
  if (Array.isArray(value)) return value.map((item: ExactValue) => shift(item, at, key));
  if (!isExactObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, child]) => [field, shift(child, at, field)]));
}

function shiftPort(port: bigint, at: number): bigint {
  return port >= NODE_PORT_MIN ? port + BigInt(at * APART) : port;
}

function shiftText(text: string, at: number, key: string): string {
  if (/^(name|volumeName|storageClassName)$/.test(key))
    return OF_A_PAIR.has(text) ? suffixed(text, at) : text;
  if (!key.startsWith('clusterIP')) return text;
  return text.replace(
    /^(10\.96\.\d+)\.(\d+)$/,
    (_, net, last) => `${net}.${(Number(last) + at * APART) % 250}`,
  );
}
