import { neutralise } from '../commit/neutralise.ts';
import type { ObjectIdentity } from '../kube/object.ts';
import { timestamp } from '../timestamp.ts';
import type { Folded, Noise } from './noise-guard.ts';
import { noiseLimits } from './noise-limits.ts';
import type { Recreation } from './recreations.ts';

const WRITER_CHARS_MAX = 120;
const OBJECTS_NAMED_MAX = 3;
/** What an Event takes; a command that is longer is left to the documentation. */
const NOTE_CHARS_MAX = 950;

/** An object whose changes are held back, and why. */
export interface NoisyObject {
  readonly identity: ObjectIdentity;
  readonly noise: Noise;
}

/** The WatchRule that a note is for. */
export interface NotedRule {
  readonly namespace: string;
  readonly name: string;
  readonly excludeFields: readonly string[];
}

/** For the body of a commit: what is folded into it. */
export function foldedDetail({ noise, changes, sinceMs }: Folded): string {
  const what = `${changes} earlier ${changes === 1 ? 'change' : 'changes'} since ${timestamp(sinceMs)}`;
  return noise.reason === 'Loop'
    ? `Coalesced: ${what} by ${writersOf(noise)}, who undid each other`
    : `Coalesced: ${what} by ${writersOf(noise)}, of ${noise.fields.join(', ')}`;
}

/** What a condition says of the objects that loop. */
export function loopsMessage(objects: readonly NoisyObject[]): string {
  const named = objects.slice(0, OBJECTS_NAMED_MAX).map(({ identity, noise }) => {
    return `${nameOf(identity)}: ${writersOf(noise)} undo each other's changes`;
  });
  const more = objects.length - named.length;
  const rest = more > 0 ? ` And ${more} more ${more === 1 ? 'object' : 'objects'}.` : '';
  return `${named.join('. ')}. These changes are not committed until one of the two stops; then what stands is.${rest}`;
}

/** For an Event: changes of an object are held back from now on. */
export function beginsNote({ identity, noise }: NoisyObject, rule: NotedRule): string {
  if (noise.reason === 'Loop') {
    return `${nameOf(identity)}: ${writersOf(noise)} undo each other's changes. They are not committed until one of the two stops; let only one of them write it.`;
  }
  const seconds = Math.max(1, Math.round(noise.gapMs / 1000));
  const minutes = noiseLimits.flapIntervalMs / 60_000;
  const note = `${nameOf(identity)}: ${writersOf(noise)} rewrites ${noise.fields.join(', ')} every ${seconds} s or faster. Committed at most every ${minutes} minutes; changes of anybody else, or of other fields, at once.`;
  const whole = `${note} To leave this out: ${excludeCommand(noise.fields, rule)}`;
  return whole.length <= NOTE_CHARS_MAX ? whole : `${note} To leave this out, name it in spec.excludeFields.`;
}

/** For an Event: an object comes and goes. Each time is committed, for a file of what is gone never stays. */
export function recreatedNote(identity: ObjectIdentity, { deletedBy, createdBy }: Recreation): string {
  const [deleter, creator] = [deletedBy, createdBy].map((writer) => neutralise(writer, WRITER_CHARS_MAX));
  return `${nameOf(identity)}: ${deleter} deletes it and ${creator} creates it, again and again. Each time is committed; let only one of them decide. To leave it out: a label that ${creator} sets and spec.excludeLabels of the rule names, such as gitops-reverser/ignore.`;
}

/** For an Event: the noise is over, and what stands is committed. */
export function endsNote({ identity, noise }: NoisyObject, changes: number): string {
  const end = noise.reason === 'Loop' ? 'no longer undo each other' : 'is quiet now';
  const folded = `${changes} ${changes === 1 ? 'change has' : 'changes have'} no commit of their own`;
  return `${nameOf(identity)}: ${writersOf(noise)} ${end}. What stands is committed; ${folded}.`;
}

/** Leaves fields out, for a shell. A patch replaces the list, so those that are left out already are in it. */
function excludeCommand(fields: readonly string[], { namespace, name, excludeFields }: NotedRule): string {
  const patch = JSON.stringify({ spec: { excludeFields: [...new Set([...excludeFields, ...fields])] } });
  return `kubectl patch watchrule ${name} -n ${namespace} --type=merge -p '${patch.replaceAll("'", "'\\''")}'`;
}

function nameOf({ kind, name, namespace }: ObjectIdentity): string {
  return `${kind}/${name}${namespace === '' ? '' : ` in ns/${namespace}`}`;
}

function writersOf({ writers }: Noise): string {
  return writers.map((writer) => neutralise(writer, WRITER_CHARS_MAX)).join(' and ');
}
