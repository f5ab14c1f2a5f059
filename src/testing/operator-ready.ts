import { poll } from './poll.ts';
import type { Supervised } from './supervise.ts';

const READY_TIMEOUT_MS = 60_000;
const LOG_TAIL_CHARS = 4_000;

/** Wait until a running operator's `/readyz` answers 200. Throws, with the end of its log, when it ends before. */
export async function operatorReady(
  supervised: Supervised,
  statusUrl: string,
  logs: () => Promise<string>,
): Promise<void> {
  const isReady = async () => {
    const exit = supervised.exit();
    if (exit !== undefined) {
      throw new Error(`The operator ended with ${exit.code}: ${(await logs()).slice(-LOG_TAIL_CHARS)}`);
    }
    const response = await fetch(`${statusUrl}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.status === 200;
  };
  await poll(isReady, { timeoutMs: READY_TIMEOUT_MS, what: 'the operator to be ready' });
}
