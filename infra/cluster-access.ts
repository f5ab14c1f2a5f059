import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { kinds } from '../gen/kinds.ts';
import { configurationName } from '../src/register/desired-configuration.ts';
import { commonLabels, NAME, NAMESPACE_DEFAULT } from './names.ts';

/** Who gets the rights: the account of the operator, in its own namespace. */
export interface ClusterAccessProps {
  readonly subject: k8s.Subject;
}

/**
 * What the operator may do in every namespace: read what rules may select, and write nothing but the status of its
 * own kinds, Events about them, and the registration of its webhooks.
 *
 * There is no `get` on everything: `*` includes subresources, and on `nodes/proxy`, for one, a GET is enough to run
 * commands. Single objects are read by a list with a field selector. Reading every Secret is still a powerful right:
 * guard the account like one of a cluster administrator.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { subject }: ClusterAccessProps) {
    super(scope, id);
    new k8s.KubeClusterRole(this, 'role', {
      metadata: { name: NAME, labels: commonLabels },
      rules: [
        // Rules may select any kind.
        { apiGroups: ['*'], resources: ['*'], verbs: ['list', 'watch'] },
        // The Secrets that GitRepoConfigs name, the owner of the webhooks, and what is registered of them.
        { apiGroups: [''], resources: ['secrets', 'namespaces'], verbs: ['get'] },
        {
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['validatingwebhookconfigurations'],
          verbs: ['get'],
        },
        // Discovery. Clusters grant it to everybody by default, hardened ones may not.
        { nonResourceUrLs: ['/api', '/apis'], verbs: ['get'] },
        ...statusRules(),
        { apiGroups: [''], resources: ['events'], verbs: ['create'] },
        // Whether the author of a rule may read what it captures.
        { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
        ...webhookRules(configurationName(subject.namespace ?? NAMESPACE_DEFAULT)),
      ],
    });
    new k8s.KubeClusterRoleBinding(this, 'binding', {
      metadata: { name: NAME, labels: commonLabels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
      subjects: [subject],
    });
  }
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
    { ...kind, resourceNames: [name], verbs: ['update', 'delete'] },
  ];
}

/** One rule per API group of the project's kinds. */
function statusRules(): k8s.PolicyRule[] {
  return [...new Set(kinds.map(({ group }) => group))].map((group) => ({
    apiGroups: [group],
    resources: kinds.filter((kind) => kind.group === group).map(({ plural }) => `${plural}/status`),
    verbs: ['patch'],
  }));
}
