import type { KubeClient } from '../kube/client.ts';
import { poll } from './poll.ts';

const TIMEOUT_MS = 30_000;

interface WithConditions {
  readonly metadata?: { readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/**
 * Wait until a condition of the object at this path has a status, as `kubectl wait` does: what tells of an earlier
 * generation of the object does not count. Throws, with the conditions that it has, after 30 s or `timeoutMs`, and at once when there
 * is no such object.
 */
export async function awaitCondition(
  client: KubeClient,
  path: string,
  type: string,
  status = 'True',
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  let last: WithConditions = {};
  await poll(
    async () => {
      last = (await client.get(path)) as WithConditions;
      const found = last.status?.conditions?.find((condition) => condition.type === type);
      const seen = found?.observedGeneration ?? last.status?.observedGeneration;
      if (seen !== undefined && seen < (last.metadata?.generation ?? 0)) return false;
      return found?.status.toLowerCase() === status.toLowerCase();
    },
    { timeoutMs, what: `${type}=${status} of ${path}` },
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last.status?.conditions)}`, { cause: error });
  });
}
