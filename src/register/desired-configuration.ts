import { createHash } from 'node:crypto';
import { kinds } from '../../gen/kinds.ts';
import type { JsonValue } from '../kube/json.ts';
import { configurationName, NAME } from '../own-names.ts';
import {
  groupPlural,
  isLabelledByStatus,
  ownersOf,
  type ReviewedResource,
  writtenAs,
} from './reviewed-resources.ts';

const DOMAIN = 'gitops-reverser.configbutler.ai';
/** Records who changes what is followed. */
export const EVIDENCE_WEBHOOK = `who.${DOMAIN}`;
/** Checks the project's own kinds. */
export const RULES_WEBHOOK = `rules.${DOMAIN}`;
/** Shows that the API server uses this configuration. */
export const PROBE_WEBHOOK = `probe.${DOMAIN}`;

/** Records who changes labels of what is followed through a status subresource. */
export const STATUS_WEBHOOK = `status.${DOMAIN}`;

/** Where each webhook's reviews are sent, below the endpoint's own path. A configuration hash follows `/probe/`. */
export const EVIDENCE_PATH = '/who';
export const RULES_PATH = '/rules';
export const PROBE_PATH = '/probe';

/** A label that only the object of a probe has. Its value is the probe's nonce. */
export const PROBE_LABEL = `${DOMAIN}/probe`;

/** A write to the cluster waits at most this long for the webhook that only records. */
const EVIDENCE_TIMEOUT_S = 1;
/** Long enough for permission checks of a rule that selects every kind. */
export const RULES_TIMEOUT_S = 10;
const PROBE_TIMEOUT_S = 2;

/** Where the API server reaches the webhooks. */
export type WebhookEndpoint =
  /** Out of the cluster: an https URL, with or without a path. */
  | { readonly url: string }
  /** In the cluster. */
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port: number } };

/** What the configuration belongs to, and goes away with. */
export interface ConfigurationOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What the configuration follows from. */
export interface ConfigurationInput {
  /** The operator's own namespace. */
  readonly namespace: string;
  /** What rules select now: the union over all repositories. */
  readonly resources: readonly ReviewedResource[];
  readonly endpoint: WebhookEndpoint;
  /** PEM; one or more certificates. */
  readonly caBundle: string;
  readonly owner?: ConfigurationOwner;
}

/** A ValidatingWebhookConfiguration as it ought to be stored: every field set, so that no default makes a difference. */
export interface DesiredConfiguration {
  readonly name: string;
  /** Tells this configuration from any other, its owner aside. Also the end of the probe's path. */
  readonly hash: string;
  /** As it was given. */
  readonly caBundle: string;
  readonly object: Readonly<Record<string, JsonValue>>;
}

/**
 * The configuration that registers exactly what is needed. Pure; equal input gives equal bytes, in whatever order the
 * resources come.
 *
 * Up to four webhooks in one object, so that the API server takes them up together:
 * - `who` records the author of every change of a followed resource, of every delete of an owner of one, and of every
 *   delete of a Namespace. It never stands in the way (`Ignore`).
 * - `status` records the same of writes of a status, but only of those that change labels, annotations or finalizers:
 *   the API server sees to that itself, and sends nothing of the many others.
 * - `rules` judges GitRepoConfigs and WatchRules (`Fail`). It covers nothing else, and of these neither deletes nor
 *   status nor updates that leave the spec alone: an outage keeps nobody from removing a rule, a finalizer, or the
 *   installation.
 * - `probe` gets only dry-run creates, by the operator, of one labelled Event in its own namespace. Its path has the
 *   hash of the whole configuration, so a review that arrives there proves that this configuration is in use. `Fail`
 *   makes the API server say what is wrong when it cannot reach the webhook.
 */
export function desiredConfiguration(input: ConfigurationInput): DesiredConfiguration {
  const fixed = configuration(input, '');
  const hash = createHash('sha256').update(JSON.stringify(fixed)).digest('hex').slice(0, 16);
  const owners = input.owner === undefined ? {} : { ownerReferences: [{ ...input.owner }] };
  const { metadata, ...rest } = configuration(input, hash);
  return {
    name: configurationName(input.namespace),
    hash,
    caBundle: input.caBundle,
    object: { ...rest, metadata: { ...metadata, ...owners } },
  };
}

function configuration({ namespace, resources, endpoint, caBundle }: ConfigurationInput, hash: string) {
  const clientConfig = (path: string) => ({
    ...clientAddress(endpoint, path),
    caBundle: Buffer.from(caBundle).toString('base64'),
  });
  const labelled = resources.filter(isLabelledByStatus);
  const common = {
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name: configurationName(namespace),
      labels: { 'app.kubernetes.io/name': NAME },
      annotations: {
        // AKS otherwise edits every webhook to leave out its system namespaces, which people change too.
        'admissions.enforcer/disabled': 'true',
      },
    },
    webhooks: [
      {
        ...common,
        name: EVIDENCE_WEBHOOK,
        clientConfig: clientConfig(EVIDENCE_PATH),
        failurePolicy: 'Ignore',
        timeoutSeconds: EVIDENCE_TIMEOUT_S,
        rules: evidenceRules(resources),
      },
      {
        ...common,
        name: RULES_WEBHOOK,
        clientConfig: clientConfig(RULES_PATH),
        failurePolicy: 'Fail',
        timeoutSeconds: RULES_TIMEOUT_S,
        rules: grouped(['CREATE', 'UPDATE'], kinds, (kind) => [kind.plural]),
        matchConditions: [
          {
            name: 'spec-is-new',
            expression:
              "request.operation == 'CREATE' || !has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec",
          },
        ],
      },
      {
        ...common,
        name: PROBE_WEBHOOK,
        clientConfig: clientConfig(`${PROBE_PATH}/${hash}`),
        failurePolicy: 'Fail',
        timeoutSeconds: PROBE_TIMEOUT_S,
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        objectSelector: { matchExpressions: [{ key: PROBE_LABEL, operator: 'Exists' }] },
        rules: [rule('', 'v1', ['CREATE'], ['events'])],
        matchConditions: [{ name: 'is-dry-run', expression: 'request.dryRun == true' }],
      },
      // Without rules it would be stored otherwise than it is written here.
      ...(labelled.length === 0
        ? []
        : [
            {
              ...common,
              name: STATUS_WEBHOOK,
              clientConfig: clientConfig(EVIDENCE_PATH),
              failurePolicy: 'Ignore',
              timeoutSeconds: EVIDENCE_TIMEOUT_S,
              rules: grouped(['UPDATE'], labelled, (one) => [`${one.plural}/status`]),
              matchConditions: [{ name: 'metadata-is-new', expression: METADATA_IS_NEW }],
            },
          ]),
    ],
  };
}

const METADATA_IS_NEW = ['labels', 'annotations', 'finalizers']
  .map((field) => `object.metadata.?${field} != oldObject.metadata.?${field}`)
  .join(' || ');

function clientAddress(endpoint: WebhookEndpoint, path: string) {
  if ('url' in endpoint) return { url: endpoint.url.replace(/\/+$/, '') + path };
  const { namespace, name, port } = endpoint.service;
  return { service: { namespace, name, port, path } };
}

const ALL = ['CREATE', 'UPDATE', 'DELETE'];

/**
 * One rule for each group and version, for all operations and for deletes alone. `scope: "*"`: the resources are
 * named, so a scope could only leave out what a CRD that was made anew with another scope serves.
 */
function evidenceRules(resources: readonly ReviewedResource[]) {
  const followed = new Map(resources.map((resource) => [groupPlural(resource), resource]));
  const deletes = [...ownersOf([...followed.values()]), NAMESPACES].filter(
    (resource) => !followed.has(groupPlural(resource)),
  );
  return [
    ...grouped(ALL, [...followed.values()], writtenAs),
    ...grouped(['DELETE'], deletes, (one) => [one.plural]),
  ];
}

const NAMESPACES: ReviewedResource = { group: '', version: 'v1', plural: 'namespaces' };

function grouped(
  operations: readonly string[],
  resources: readonly ReviewedResource[],
  namesOf: (resource: ReviewedResource) => readonly string[],
) {
  const names = new Map<string, Set<string>>();
  for (const resource of resources) {
    const key = `${resource.group}/${resource.version}`;
    const known = names.get(key) ?? new Set();
    for (const name of namesOf(resource)) known.add(name);
    names.set(key, known);
  }
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, set]) => {
      const [group, version] = key.split('/') as [string, string];
      return rule(group, version, operations, [...set].sort());
    });
}

function rule(group: string, version: string, operations: readonly string[], resources: readonly string[]) {
  return {
    apiGroups: [group],
    apiVersions: [version],
    operations: [...operations],
    resources: [...resources],
    scope: '*',
  };
}

/** The resources that a stored configuration has reviewed in full; none for an object of another make. */
export function reviewedBy(object: unknown): readonly ReviewedResource[] {
  const { webhooks = [] } = (object ?? {}) as { readonly webhooks?: readonly StoredWebhook[] };
  const evidence = webhooks.find(({ name }) => name === EVIDENCE_WEBHOOK);
  return (evidence?.rules ?? [])
    .filter(({ operations }) => operations?.includes('CREATE'))
    .flatMap(({ apiGroups = [], apiVersions = [], resources = [] }) => {
      const [group, version] = [apiGroups[0], apiVersions[0]];
      if (group === undefined || version === undefined) return [];
      return resources
        .filter((resource) => !resource.includes('/'))
        .map((plural) => ({ group, version, plural, scalable: resources.includes(`${plural}/scale`) }));
    });
}

interface StoredWebhook {
  readonly name?: string;
  readonly rules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly apiVersions?: readonly string[];
    readonly operations?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}
