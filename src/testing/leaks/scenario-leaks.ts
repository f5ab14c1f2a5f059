import { assertNowhere } from './find-leaks.ts';
import { hiddenValues, type LiveSecret } from './hidden-values.ts';
import { objectsOf, placesOfFolder, textPlace } from './places.ts';

/** What a scenario leaves behind. No operator writes to it any more. */
export interface Remains {
  /** Bare repositories that the operator pushes to. */
  readonly remotes: readonly string[];
  /** The operator's own folder: clones, logs and whatever else it writes. */
  readonly operatorFolder: string;
  /** What `/metrics` said last. */
  readonly metrics: string;
  /** `kubectl get … -A -o json` as admin. */
  list(kinds: string): Promise<string>;
}

/**
 * Search all that a scenario leaves for values of Secrets: every object of the repositories and of the operator's
 * clones, reachable or not, every other file that the operator wrote, its logs, Events, conditions and metrics. Values
 * are those that the test made with `secretValue`, and those of every Secret that is in the cluster at the end.
 * Throws with the places; the values are not in the message.
 */
export async function assertNoLeaks(remains: Remains): Promise<void> {
  const secrets = JSON.parse(await remains.list('secrets')) as { items: LiveSecret[] };
  await assertNowhere(hiddenValues(secrets.items), [
    ...remains.remotes.map((path) => objectsOf(path, 'the remote')),
    ...(await placesOfFolder(remains.operatorFolder, '')),
    textPlace('Events, conditions and status', await remains.list('events,gitrepoconfigs,watchrules')),
    textPlace('/metrics', remains.metrics),
  ]);
}
