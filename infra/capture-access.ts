import type { k8s } from 'cdk8s-plus-28';
import { CodedError } from '../src/errors.ts';

/** Resources of one API group, as RBAC names them. */
export interface ReadableResources {
  /** Such as `apps`. Default: the core group. */
  readonly group?: string;
  /** Plurals, such as `deployments`; `*` for all of the group, though not of the core group, which has the Secrets. */
  readonly resources: readonly string[];
}

/** Secrets with Git credentials, which GitRepoConfigs of the same namespace name. */
export interface ReadableCredentials {
  readonly namespace: string;
  /** Their names. */
  readonly secrets: readonly string[];
}

/** What the operator may read, where that is not everything. Secrets are left out, but those with Git credentials. */
export interface LimitedAccess {
  /** What rules can select. A rule that selects more is not Ready and names what it may not list. */
  readonly resources: readonly ReadableResources[];
  /** The Secrets that GitRepoConfigs name. The namespaces have to exist when the manifests are applied. */
  readonly credentials: readonly ReadableCredentials[];
}

/**
 * What rules can select: `everything` (list and watch of every kind, Secrets too, of which only fingerprints are
 * committed), or what is listed.
 */
export type CaptureAccess = 'everything' | LimitedAccess;

const SECRETS_LEFT_OUT =
  "limited access leaves Secrets out: list the resources one by one, or give access 'everything'";

/**
 * The rules by which the operator reads what WatchRules select.
 *
 * There is no `get`: `*` includes subresources, and on `nodes/proxy`, for one, a GET is enough to run commands. Single
 * objects are read by a list with a field selector.
 * Throws `CodedError` (`InvalidSpec`) where a limited access would include Secrets.
 */
export function captureRules(access: CaptureAccess): readonly k8s.PolicyRule[] {
  const verbs = ['list', 'watch'];
  if (access === 'everything') return [{ apiGroups: ['*'], resources: ['*'], verbs }];
  return access.resources.map(({ group = '', resources }) => {
    const includesSecrets = group === '' && resources.some((one) => one === '*' || one === 'secrets');
    if (group === '*' || includesSecrets) {
      const named = JSON.stringify({ group, resources });
      throw new CodedError('InvalidSpec', `access.resources ${named}: ${SECRETS_LEFT_OUT}`);
    }
    return { apiGroups: [group], resources: [...resources], verbs };
  });
}
