/** The people and programs that know a token of a test control plane. */
export const users = ['admin', 'alice@example.com', 'bob@example.com'] as const;

/**
 * `admin` may everything; `alice@example.com` edits in every namespace and makes namespaces;
 * `bob@example.com` edits in the namespace `staging` and views elsewhere.
 */
export type User = (typeof users)[number];

/** The controller manager's identity; RBAC knows it from the start. */
export const controllerManagerUser = 'system:kube-controller-manager';

/** Group memberships in the token file; `system:masters` bypasses RBAC. */
export const groupsOf: Readonly<Partial<Record<string, string>>> = { admin: 'system:masters' };

/** An object to create, and the collection it is created in. */
export interface Seed {
  readonly collection: string;
  readonly object: Readonly<Record<string, unknown>>;
}

const rbac = 'rbac.authorization.k8s.io';
const clusterBindings = `/apis/${rbac}/v1/clusterrolebindings`;

/** The namespace and the rights that are there from the start. */
export const seeds: readonly Seed[] = [
  {
    collection: '/api/v1/namespaces',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'staging' } },
  },
  {
    collection: `/apis/${rbac}/v1/clusterroles`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'example:namespace-editor' },
      rules: [
        {
          apiGroups: [''],
          resources: ['namespaces'],
          verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
        },
      ],
    },
  },
  clusterRoleBinding('example:alice-edit', 'edit', 'alice@example.com'),
  clusterRoleBinding('example:alice-namespaces', 'example:namespace-editor', 'alice@example.com'),
  clusterRoleBinding('example:bob-view', 'view', 'bob@example.com'),
  {
    collection: `/apis/${rbac}/v1/namespaces/staging/rolebindings`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'example:bob-edit', namespace: 'staging' },
      ...grant('edit', 'bob@example.com'),
    },
  },
];

function clusterRoleBinding(name: string, role: string, user: User): Seed {
  const object = {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    ...grant(role, user),
  };
  return { collection: clusterBindings, object };
}

function grant(role: string, user: User) {
  return {
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  };
}
