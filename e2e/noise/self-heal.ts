import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../../src/kube/client.ts';
import { watchObjects } from '../../src/kube/watch.ts';
import { CONFIG_MAPS } from '../../src/testing/scripted-api-server.ts';
import { runUntilStopped } from './until-stopped.ts';

/** What a self-healing tool wants of one ConfigMap. */
export interface Wanted {
  readonly namespace: string;
  readonly name: string;
  readonly manager: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  /** Between seeing that somebody changed it and setting it right, in milliseconds. */
  readonly pauseMs: number;
}

/** A running self-healing tool. */
export interface SelfHeal {
  /** How often it set the object right so far. */
  readonly heals: () => number;
  stop(): Promise<void>;
}

/**
 * Watches a ConfigMap and sets its data right by server-side apply whenever somebody changed or deleted it, as Argo
 * CD's self-heal does.
 */
export function startSelfHeal(client: KubeClient, wanted: Wanted): SelfHeal {
  const { namespace, name, labels, data, manager } = wanted;
  let heals = 0;
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data };
  const apply = () =>
    client.request('PATCH', path, {
      body,
      query: { fieldManager: manager, force: 'true' },
      contentType: 'application/apply-patch+yaml',
    });
  const run = async (signal: AbortSignal) => {
    const applied = (await apply()) as { metadata: { resourceVersion: string } };
    let seen = applied.metadata.resourceVersion;
    const events = watchObjects(client, CONFIG_MAPS, seen, { signal });
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue;
      const { metadata } = event.object;
      if (metadata.name !== name || metadata.namespace !== namespace) continue;
      // Older than what it wrote last.
      if (Number(metadata.resourceVersion) <= Number(seen)) continue;
      const standing =
        event.type === 'DELETED' ? undefined : (event.object.data as Record<string, string> | undefined);
      if (Object.entries(data).every(([key, value]) => standing?.[key] === value)) continue;
      await pause(wanted.pauseMs, undefined, { signal });
      seen = ((await apply()) as typeof applied).metadata.resourceVersion;
      heals += 1;
    }
  };
  return { heals: () => heals, ...runUntilStopped(run) };
}
