import https from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { CodedError, messageOf } from '../errors.ts';

/** How to reach one API server: its address, a keep-alive agent for it, and the headers that say who calls. */
export interface Connection {
  readonly server: URL;
  readonly agent: https.Agent;
  /** Authorization headers, refreshed as tokens expire. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/** Credentials are read again this often: service-account tokens on disk and exec plugins rotate. */
const CREDENTIALS_MAX_AGE_MS = 60_000;
/** What the client library takes where the environment offers nothing. */
const SERVER_OF_NOTHING = 'http://localhost:8080';
/** TCP keep-alive probes find a dead peer even on a silent watch. */
const TCP_KEEP_ALIVE_MS = 30_000;

/**
 * Open a connection from a kubeconfig file, or without one from what the environment offers, in the usual
 * order: `KUBECONFIG`, `~/.kube/config`, the service account of the Pod.
 *
 * Throws `InvalidSpec` when there is none, or it cannot be read, names no cluster, or its credentials cannot be used.
 */
export async function openConnection(kubeconfigFile?: string): Promise<Connection> {
  const config = new KubeConfig();
  const named = kubeconfigFile ?? '(default)';
  try {
    if (kubeconfigFile === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfigFile);
  } catch (error) {
    throw new CodedError('InvalidSpec', `Cannot read kubeconfig ${named}: ${firstLine(messageOf(error))}`);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new CodedError(
      'InvalidSpec',
      `The kubeconfig ${named} has no current cluster: set current-context.`,
    );
  }
  if (kubeconfigFile === undefined && cluster.server === SERVER_OF_NOTHING) {
    throw new CodedError(
      'InvalidSpec',
      'No cluster is named: give --kubeconfig FILE, or set KUBECONFIG (there is no ~/.kube/config, and no service account of a Pod)',
    );
  }
  const server = serverOf(cluster.server, named);
  const options = await requestOptions(config).catch((error: unknown) => {
    throw new CodedError('InvalidSpec', `The kubeconfig ${named} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const agent = new https.Agent({
    ...options.tls,
    keepAlive: true,
    keepAliveMsecs: TCP_KEEP_ALIVE_MS,
    scheduling: 'lifo',
  });
  let cached = { headers: options.headers, readAtMs: Date.now() };
  return {
    server,
    agent,
    async headers() {
      if (Date.now() - cached.readAtMs > CREDENTIALS_MAX_AGE_MS) {
        cached = { headers: (await requestOptions(config)).headers, readAtMs: Date.now() };
      }
      return cached.headers;
    },
  };
}

function serverOf(address: string, kubeconfig: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new CodedError(
    'InvalidSpec',
    `The kubeconfig ${kubeconfig} names no https URL as the server of its current cluster: write it as in https://HOST:6443`,
  );
}

/** The parser of YAML shows the lines around a mistake from the second line on: there may be a token in them. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

async function requestOptions(
  config: KubeConfig,
): Promise<{ tls: https.AgentOptions; headers: Record<string, string> }> {
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value);
  if (typeof options.auth === 'string') {
    headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  const all = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
  const tls = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { tls, headers };
}
