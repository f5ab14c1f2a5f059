import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '../poll.ts';
import { type Supervised, supervise } from '../supervise.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { limits } from './limits.ts';
import type { BinaryName } from './versions.ts';

/** A running program of the control plane. */
export interface Component {
  readonly name: BinaryName;
  readonly logFile: string;
  readonly process: Supervised;
}

/** Start a program; it logs to `NAME.log` in `dir`. `removeWhenOrphaned`: see supervise. */
export function startComponent(
  name: BinaryName,
  command: string,
  args: readonly string[],
  dir: string,
  removeWhenOrphaned?: string,
): Component {
  const logFile = join(dir, `${name}.log`);
  const remove = removeWhenOrphaned === undefined ? {} : { removeWhenOrphaned };
  return { name, logFile, process: supervise({ command, args, cwd: dir, logFile, ...remove }) };
}

/**
 * Wait until `isReady`. Throws `ComponentFailed` as soon as one of the components ends, `StartTimedOut` when the
 * time is over; both show the end of the log that explains it.
 */
export async function awaitReady(
  components: readonly Component[],
  isReady: () => Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = performance.now() + limits.startMs;
  await poll(
    async () => {
      for (const component of components) {
        const exit = component.process.exit();
        if (exit === undefined) continue;
        const how = exit.error ?? `exit ${exit.code ?? exit.signal}`;
        throw failed('ComponentFailed', `${component.name} ended (${how})`, component);
      }
      if (await isReady().catch(() => false)) return true;
      if (performance.now() > deadline) {
        const last = components.at(-1) as Component;
        throw failed('StartTimedOut', `${what} is not ready after ${limits.startMs / 1000} s`, last);
      }
      return false;
    },
    { intervalMs: limits.readyPollMs, timeoutMs: limits.startMs * 2, what },
  );
}

function failed(
  code: 'ComponentFailed' | 'StartTimedOut',
  what: string,
  component: Component,
): ControlPlaneError {
  const log = existsSync(component.logFile) ? readFileSync(component.logFile, 'utf8') : '';
  const tail = log.trimEnd().split('\n').slice(-limits.logTailLines).join('\n');
  return new ControlPlaneError(code, `${what}. The end of ${component.logFile}:\n${tail}`);
}
