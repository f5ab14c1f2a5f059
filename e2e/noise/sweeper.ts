import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../../src/kube/client.ts';
import { watchObjects } from '../../src/kube/watch.ts';
import { CONFIG_MAPS } from '../../src/testing/scripted-api-server.ts';
import type { Wanted } from './self-heal.ts';
import { runUntilStopped } from './until-stopped.ts';

/** A running tool that deletes one ConfigMap whenever it is there, as one does that cleans up. */
export interface Sweeper {
  /** How often it deleted it so far. */
  readonly sweeps: () => number;
  stop(): Promise<void>;
}

export function startSweeper(
  client: KubeClient,
  { namespace, name, pauseMs }: Pick<Wanted, 'namespace' | 'name' | 'pauseMs'>,
): Sweeper {
  let sweeps = 0;
  const run = async (signal: AbortSignal) => {
    for await (const event of watchObjects(client, CONFIG_MAPS, '0', { signal })) {
      if (event.type !== 'ADDED') continue;
      const { metadata } = event.object;
      if (metadata.name !== name || metadata.namespace !== namespace) continue;
      await pause(pauseMs, undefined, { signal });
      await client.request('DELETE', `/api/v1/namespaces/${namespace}/configmaps/${name}`);
      sweeps += 1;
    }
  };
  return { sweeps: () => sweeps, ...runUntilStopped(run) };
}
