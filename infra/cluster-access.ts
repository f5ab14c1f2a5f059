import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { kinds } from '../gen/kinds.ts';
import { configurationName } from '../src/own-names.ts';
import { type CaptureAccess, captureRules } from './capture-access.ts';
import { clusterScoped } from './cluster-scoped.ts';
import { commonLabels, NAME } from './names.ts';

/** Who gets which rights: the account of the operator, in its own namespace. */
export interface ClusterAccessProps {
  readonly namespace: string;
  readonly subject: k8s.Subject;
  readonly access: CaptureAccess;
}

/**
 * What the operator may do in every namespace: read what rules may select, and write nothing but the status of its
 * own kinds, Events about them, and the registration of its webhooks.
 *
 * Reading every Secret is still a powerful right: guard the account like one of a cluster administrator, or limit it.
 */
export class ClusterAccess extends Construct {
  readonly role: k8s.KubeClusterRole;

  constructor(scope: Construct, id: string, { namespace, subject, access }: ClusterAccessProps) {
    super(scope, id);
    const metadata = { name: NAME, labels: commonLabels };
    this.role = clusterScoped(
      new k8s.KubeClusterRole(this, 'role', {
        metadata,
        rules: [
          ...captureRules(access),
          ...(access === 'everything' ? [] : ownReads()),
          // The Secrets that GitRepoConfigs name; with a limited access, roles of their namespaces grant them.
          ...(access === 'everything' ? [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] : []),
          // What tells this cluster from others, and the owner of the webhooks.
          {
            apiGroups: [''],
            resources: ['namespaces'],
            resourceNames: ['kube-system', namespace],
            verbs: ['get'],
          },
          // Discovery. Clusters grant it to everybody by default, hardened ones may not.
          { nonResourceUrLs: ['/api', '/apis'], verbs: ['get'] },
          ...statusRules(),
          { apiGroups: [''], resources: ['events'], verbs: ['create'] },
          // Whether the author of a rule may read what it captures.
          { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
          ...webhookRules(configurationName(namespace)),
        ],
      }),
    );
    clusterScoped(
      new k8s.KubeClusterRoleBinding(this, 'binding', {
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
        subjects: [subject],
      }),
    );
  }
}

/** What the operator follows whatever rules select: its own kinds, what is served, namespaces, its webhooks. */
function ownReads(): k8s.PolicyRule[] {
  const verbs = ['list', 'watch'];
  return [
    ...groupsOfKinds().map(([group, plurals]) => ({ apiGroups: [group], resources: plurals, verbs })),
    { apiGroups: [''], resources: ['namespaces'], verbs },
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs },
    { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs },
    { apiGroups: ['admissionregistration.k8s.io'], resources: ['validatingwebhookconfigurations'], verbs },
  ];
}

/**
 * The one webhook configuration that the operator keeps. It is made by the operator, since it needs a certificate; RBAC
 * cannot restrict that to a name. An API server with the admission plugin OwnerReferencesPermissionEnforcement lets
 * only those set an owner who may delete the object.
 */
function webhookRules(name: string): k8s.PolicyRule[] {
  const kind = {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations'],
  };
  return [
    { ...kind, verbs: ['create'] },
    { ...kind, resourceNames: [name], verbs: ['get', 'update', 'delete'] },
  ];
}

/** One rule per API group of the project's kinds. */
function statusRules(): k8s.PolicyRule[] {
  return groupsOfKinds().map(([group, plurals]) => ({
    apiGroups: [group],
    resources: plurals.map((plural) => `${plural}/status`),
    verbs: ['patch'],
  }));
}

/** The API groups of the project's kinds, each with its plurals. */
function groupsOfKinds(): readonly (readonly [group: string, plurals: string[]])[] {
  return [...new Set(kinds.map(({ group }) => group))].map((group) => [
    group,
    kinds.filter((kind) => kind.group === group).map(({ plural }) => plural),
  ]);
}
