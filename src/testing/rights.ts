import type { AuditedCall } from './api-audit.ts';

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** A Role or ClusterRole as it is applied. */
export interface RoleManifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly PolicyRule[];
}

/** Whether a manifest is a Role or ClusterRole. */
export function isRole(manifest: { readonly kind: string }): manifest is RoleManifest {
  return /Role$/.test(manifest.kind);
}

/** The smallest part of a rule that can be granted alone. */
export interface Right {
  readonly verb: string;
  /** Absent: in all namespaces. */
  readonly namespace?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

/** Every right that the roles grant. */
export function rightsOf(roles: readonly RoleManifest[]): readonly Right[] {
  return roles.flatMap(({ metadata: { namespace }, rules }) =>
    rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames, nonResourceURLs = [] }) =>
      verbs.flatMap((verb) => [
        ...nonResourceURLs.map((url) => ({ verb, url })),
        ...apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            (resourceNames ?? [undefined]).map((name) => ({
              verb,
              group,
              resource,
              ...(name === undefined ? {} : { name }),
              ...(namespace === undefined ? {} : { namespace }),
            })),
          ),
        ),
      ]),
    ),
  );
}

/** Does the right allow the call? By the rules of https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export function allows(right: Right, call: AuditedCall): boolean {
  if (right.verb !== call.verb) return false;
  const { resource } = call;
  if (resource === undefined) return right.url === call.uri.split('?')[0];
  const isAny = (granted: string | undefined, asked: string) => granted === '*' || granted === asked;
  return (
    isAny(right.group, resource.group) &&
    isAny(right.resource, resource.resource) &&
    (right.name === undefined || right.name === resource.name) &&
    (right.namespace === undefined || right.namespace === resource.namespace)
  );
}

/** A right in words: `update secrets/one in here`. */
export function describeRight({ verb, namespace, group, resource, name, url }: Right): string {
  if (url !== undefined) return `${verb} ${url}`;
  const what = group === '' ? resource : `${resource}.${group}`;
  return `${verb} ${what}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

/** What an audit says about the roles of the one who called. */
export interface RightsReport {
  /** Calls that the API server refused. */
  readonly refused: readonly string[];
  /** Calls that these roles do not allow: refused, or granted by something else, as clusters grant discovery to all. */
  readonly uncovered: readonly string[];
  /** Rights that no call needed. */
  readonly unused: readonly string[];
}

/** Compare what roles grant with what was called. Each list holds a sentence once. */
export function reportRights(roles: readonly RoleManifest[], calls: readonly AuditedCall[]): RightsReport {
  const rights = rightsOf(roles);
  const isCovered = (call: AuditedCall) => rights.some((right) => allows(right, call));
  const isRefused = (call: AuditedCall) =>
    (call.status === 401 || call.status === 403) &&
    call.isTooLate !== true &&
    // An API server that has just started refuses what is granted, until it has read the roles.
    !(call.decision === 'forbid' && isCovered(call));
  const once = (sentences: readonly string[]) => [...new Set(sentences)].sort();
  return {
    refused: once(calls.filter(isRefused).map(describeCall)),
    uncovered: once(calls.filter((call) => !isCovered(call)).map(describeCall)),
    unused: once(rights.filter((right) => !calls.some((call) => allows(right, call))).map(describeRight)),
  };
}

/** A call in the words of the right that it needs. */
function describeCall({ verb, uri, resource }: AuditedCall): string {
  if (resource === undefined) return describeRight({ verb, url: uri.split('?')[0] as string });
  const { group, resource: plural, namespace, name } = resource;
  return describeRight({
    verb,
    group,
    resource: plural,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  });
}
