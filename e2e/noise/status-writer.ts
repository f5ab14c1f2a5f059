import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../../src/kube/client.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { runUntilStopped } from './until-stopped.ts';

/** A running program that rewrites its status. */
export interface StatusWriter {
  readonly rewrites: () => number;
  stop(): Promise<void>;
}

/**
 * Rewrites the ConfigMap `cluster-autoscaler-status` as the cluster autoscaler does: reads it, and puts it back with
 * another status and another time, again and again.
 * Source: kubernetes/autoscaler, clusterstate/utils/status.go.
 */
export function startStatusWriter(
  client: KubeClient,
  {
    namespace,
    labels,
    everyMs,
  }: { readonly namespace: string; readonly labels: JsonObject; readonly everyMs: number },
): StatusWriter {
  const collection = `/api/v1/namespaces/${namespace}/configmaps`;
  const name = 'cluster-autoscaler-status';
  let rewrites = 0;
  const status = () => ({
    annotations: { 'cluster-autoscaler.kubernetes.io/last-updated': new Date().toISOString() },
    data: { status: `time: ${new Date().toISOString()}\nautoscalerStatus: Running\nprobe: ${rewrites}\n` },
  });
  const run = async (signal: AbortSignal) => {
    const { annotations, data } = status();
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, labels, annotations },
      data,
    };
    await client.request('POST', collection, { body });
    while (!signal.aborted) {
      await pause(everyMs, undefined, { signal });
      const read = await client.get(`${collection}/${name}`);
      const next = status();
      const metadata = read.metadata as JsonObject;
      const known = (metadata.annotations ?? {}) as JsonObject;
      // Somebody else's annotations stay.
      const changed = { ...metadata, annotations: { ...known, ...next.annotations } };
      await client.request('PUT', `${collection}/${name}`, {
        body: { ...read, metadata: changed, data: { ...(read.data as JsonObject), ...next.data } },
      });
      rewrites += 1;
    }
  };
  return { rewrites: () => rewrites, ...runUntilStopped(run) };
}
