import { CodedError } from '../src/errors.ts';
import { isDnsLabel } from '../src/kube/names.ts';
import { LOG_LEVELS, type LogLevel } from '../src/report/json-log.ts';
import type { LimitedAccess, ReadableCredentials, ReadableResources } from './capture-access.ts';
import type { GitOpsReverserProps } from './gitops-reverser.ts';

const PREFIX = 'GITOPS_REVERSER_';

/**
 * The installation that the environment asks for; `docs/constructs.md` lists the variables. One that is empty counts
 * as not set. What has no variable is for an app of one's own.
 *
 * Throws `CodedError` (`InvalidSpec`), which names the variable, for a value that cannot be.
 */
export function installSettings(env: NodeJS.ProcessEnv): GitOpsReverserProps {
  const read = <T>(name: string, parse: (text: string, variable: string) => T): T | undefined => {
    const text = env[PREFIX + name]?.trim();
    return text ? parse(text, PREFIX + name) : undefined;
  };
  const settings = {
    image: read('IMAGE', (text) => text),
    namespace: read('NAMESPACE', parseNamespace),
    replicas: read('REPLICAS', parseReplicas),
    access: accessOf(read('CAPTURE', parseCapture), read('CREDENTIALS', parseCredentials)),
    logLevel: read('LOG_LEVEL', parseLogLevel),
    serviceMonitor: read('SERVICE_MONITOR', parseBoolean),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function refused(variable: string, text: string, mend: string): CodedError {
  return new CodedError('InvalidSpec', `${variable} is "${text}": ${mend}`);
}

function parseNamespace(text: string, variable: string): string {
  if (isDnsLabel(text)) return text;
  throw refused(variable, text, 'give the name of a namespace, such as gitops-reverser-system');
}

function parseReplicas(text: string, variable: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw refused(variable, text, 'give a whole number from 1 on');
}

function parseLogLevel(text: string, variable: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text);
  if (level !== undefined) return level;
  throw refused(variable, text, `give one of ${LOG_LEVELS.join(', ')}`);
}

function parseBoolean(text: string, variable: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw refused(variable, text, 'give true or false');
}

const listOf = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** Such as `configmaps,deployments.apps,*.example.com`: resources as kubectl writes them. */
function parseCapture(text: string, variable: string): readonly ReadableResources[] {
  const byGroup = new Map<string, string[]>();
  for (const one of listOf(text)) {
    const [, resource = '', group = ''] = /^([a-z0-9]+|\*)(?:\.([a-z0-9.-]+))?$/.exec(one) ?? [];
    if (resource === '') {
      throw refused(variable, one, 'give plurals, with their group, such as configmaps or deployments.apps');
    }
    byGroup.set(group, [...(byGroup.get(group) ?? []), resource]);
  }
  return [...byGroup].map(([group, resources]) => ({ group, resources }));
}

/** Such as `gitops-audit/git-credentials,team-a/deploy-key`. */
function parseCredentials(text: string, variable: string): readonly ReadableCredentials[] {
  const byNamespace = new Map<string, string[]>();
  for (const one of listOf(text)) {
    const [namespace = '', secret, more] = one.split('/');
    if (!isDnsLabel(namespace) || !secret || more !== undefined) {
      throw refused(variable, one, 'give NAMESPACE/SECRET, such as gitops-audit/git-credentials');
    }
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), secret]);
  }
  return [...byNamespace].map(([namespace, secrets]) => ({ namespace, secrets }));
}

function accessOf(
  resources: LimitedAccess['resources'] | undefined,
  credentials: LimitedAccess['credentials'] | undefined,
): LimitedAccess | undefined {
  if (resources === undefined && credentials === undefined) return undefined;
  if (resources !== undefined && credentials !== undefined) return { resources, credentials };
  throw new CodedError(
    'InvalidSpec',
    `${PREFIX}CAPTURE (what rules may select) and ${PREFIX}CREDENTIALS (the Secrets for Git that the operator may then read) limit it together: give both, or neither`,
  );
}
