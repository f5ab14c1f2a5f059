import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { CodedError } from '../errors.ts';
import type { ListenAddress } from '../server/listen-address.ts';

const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

/**
 * Where other replicas reach a server that listens here: `https://HOST:PORT`. One that listens on every address is
 * reached at that of this machine's name, which in a Pod is the Pod's address (the kubelet writes it into /etc/hosts).
 * Throws `InvalidSpec` when the name has no address.
 */
export async function replicaAddress({ host, port }: ListenAddress): Promise<string> {
  const reachable = EVERY_ADDRESS.has(host) ? await ownAddress() : host;
  return `https://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function ownAddress(): Promise<string> {
  try {
    return (await lookup(hostname())).address;
  } catch (error) {
    throw new CodedError(
      'InvalidSpec',
      `Other replicas cannot find this one: its name ${hostname()} has no address. Give --replica-address HOST:PORT, or the address that --listen is to use`,
      { cause: error },
    );
  }
}
