// Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.

/**
 * GitRepoConfig as a user writes it. GitRepoConfig says where to commit: a remote Git repository, a branch and a folder in it, how to authenticate, and how commits and pushes are made. WatchRules in the same namespace refer to it by name. Several GitRepoConfigs may name the same repository, and several clusters may push to the same branch.
 */
export interface GitRepoConfigInput {
  /**
   * The version of this kind.
   */
  readonly apiVersion: 'configbutler.ai/v1alpha1';
  /**
   * The name of this kind.
   */
  readonly kind: 'GitRepoConfig';
  /**
   * Object metadata as a user writes it.
   */
  readonly metadata: ObjectMetaInput;
  /**
   * What the user wants.
   */
  readonly spec: GitRepoConfigSpecInput;
}

/**
 * Object metadata as a user writes it.
 */
export interface ObjectMetaInput {
  /**
   * The name, unique per kind and namespace.
   */
  readonly name: string;
  /**
   * The namespace.
   */
  readonly namespace?: string;
  /**
   * Labels: short keys and values that selectors can match.
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Annotations: keys and values that nothing selects by.
   */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * What the user wants.
 */
export interface GitRepoConfigSpecInput {
  /**
   * The remote repository: `ssh://git@example.com/team/audit.git`, `git@example.com:team/audit.git`, `https://example.com/team/audit.git`, `http://…`, or `file:///srv/git/audit.git`. Credentials belong in the Secret named by `secretRef`; only an SSH URL may name a user. `file://` works only where the operator runs with `--allow-local-repositories`. SSH host keys are always checked: without a matching known host the push is refused.
   */
  readonly url: string;
  /**
   * The branch that receives the commits. It is created when it is missing, also in an empty repository. Write the short name: `main`, not `refs/heads/main`. It is never force-pushed. Default: main.
   */
  readonly branch?: string;
  /**
   * The folder in the repository below which files are written, for example `clusters/production`, so that several clusters can share a repository. Files outside it are never read or touched. Default: the root of the repository.
   */
  readonly path?: string;
  /**
   * The Secret that holds the credentials, in the same namespace. Keys: `ssh-key` and `known-hosts`; or the dialects of Flux (`identity`, `known_hosts`, `username`, `password`, `bearerToken`, `ca.crt`), of `kubernetes.io/ssh-auth` and `kubernetes.io/basic-auth`, and of Argo CD (`sshPrivateKey`). Default: no credentials.
   */
  readonly secretRef?: GitRepoConfigSecretRef;
  /**
   * How commits travel to the remote. A change is committed locally at once in any case.
   */
  readonly push?: GitRepoConfigPushInput;
  /**
   * How commits are signed off by name and worded.
   */
  readonly commit?: GitRepoConfigCommitInput;
  /**
   * What becomes of Secrets. Their values never reach Git in plain text, whatever is set here.
   */
  readonly secrets?: GitRepoConfigSecretsInput;
  /**
   * `true` stops commits and pushes to this repository until it is `false` again; what changed meanwhile is then committed as the difference. Default: false.
   */
  readonly suspend?: boolean;
}

/**
 * The Secret that holds the credentials, in the same namespace. Keys: `ssh-key` and `known-hosts`; or the dialects of Flux (`identity`, `known_hosts`, `username`, `password`, `bearerToken`, `ca.crt`), of `kubernetes.io/ssh-auth` and `kubernetes.io/basic-auth`, and of Argo CD (`sshPrivateKey`). Default: no credentials.
 */
export interface GitRepoConfigSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
}

/**
 * How commits travel to the remote. A change is committed locally at once in any case.
 */
export interface GitRepoConfigPushInput {
  /**
   * The least time from the start of a push to the start of the next: numbers with the units `h`, `m`, `s`, `ms`, for example `500ms` or `1m30s`; `0s` and `0` mean at once. Longer intervals spare the remote and delay commits by as much. At most 1h. Default: 1s.
   */
  readonly minInterval?: string;
  /**
   * The most commits that one push sends; what is left over goes with the next. Smaller pushes conflict less and cost more round trips. Default: 1000.
   */
  readonly maxCommits?: number;
}

/**
 * How commits are signed off by name and worded.
 */
export interface GitRepoConfigCommitInput {
  /**
   * What stands behind the `@` in the author's e-mail address when the user name is not an address itself: user `alice` becomes `alice@cluster.local`. Default: cluster.local.
   */
  readonly authorEmailDomain?: string;
  /**
   * Who Git records as the committer. The author is always the user who made the change.
   */
  readonly committer?: GitRepoConfigCommitCommitterInput;
  /**
   * A Mustache template that replaces the whole commit message; nothing is HTML-escaped. It can use `{{operation}}` (CREATE, UPDATE, DELETE or SNAPSHOT), `{{apiVersion}}`, `{{kind}}`, `{{name}}`, `{{namespace}}` (empty for a cluster-scoped object), `{{group}}`, `{{resource}}` (Kind/name), `{{user}}`, `{{groups}}` (of the user, with commas), `{{fieldManager}}` (of a change by nobody known), `{{timestamp}}` (RFC 3339, UTC) and `{{resourceVersion}}`; in a snapshot `{{rule}}` and `{{objects}}`. A template that cannot be parsed, or renders to an empty message, sets the condition `Ready` to `False` with the reason `InvalidTemplate`; no change is lost. Keep the line `- Resource Version: {{resourceVersion}}` in it: by that, an operator that was restarted knows again what its predecessor pushed at the last moment. Without it such a change may be committed twice, the second time without its author. Default: the message of the documentation, subject `[CREATE] Kind/name in ns/namespace by user/name`.
   */
  readonly messageTemplate?: string;
  /**
   * The largest file that is committed, in bytes. An object whose file would be larger is left out: an Event on the WatchRule names it, and what stands in Git for it stays until the object is smaller or deleted. The API server stores about 1.5 MiB at most. Default: 4194304.
   */
  readonly maxFileBytes?: number;
}

/**
 * Who Git records as the committer. The author is always the user who made the change.
 */
export interface GitRepoConfigCommitCommitterInput {
  /**
   * The committer's name. Default: GitOps Reverser.
   */
  readonly name?: string;
  /**
   * The committer's e-mail address. Default: gitops-reverser@cluster.local.
   */
  readonly email?: string;
}

/**
 * What becomes of Secrets. Their values never reach Git in plain text, whatever is set here.
 */
export interface GitRepoConfigSecretsInput {
  /**
   * `Redact` commits Secrets with each value replaced by a keyed fingerprint, so that a change shows and its content does not; the API server refuses such a file, so it can never overwrite a live Secret. `Skip` commits nothing of Secrets. Default: Redact.
   */
  readonly policy?: 'Redact' | 'Skip';
  /**
   * Kinds beside Secret whose objects hold secrets: `policy` applies to them too. Each text, number and boolean in their sensitive fields is replaced by a keyed fingerprint, and so is any other text of the object that repeats one of the values. No schema tells a fingerprint from a text, so these files also carry the label `gitops-reverser/redacted` with a value that the API server refuses for any kind: they can never overwrite a live object. Files that are there already are written anew, but the history of the repository keeps what was committed before. Default: none.
   */
  readonly additionalSensitiveKinds?: readonly GitRepoConfigSecretsAdditionalSensitiveKind[];
}

/**
 * One kind that holds secrets.
 */
export interface GitRepoConfigSecretsAdditionalSensitiveKind {
  /**
   * The API version, as manifests write it. Every version of the group is meant: the same object must not escape in another one.
   */
  readonly apiVersion: string;
  /**
   * The kind as manifests write it (`VaultToken`, not `vaulttokens`).
   */
  readonly kind: string;
  /**
   * Paths of the sensitive fields, written as in `excludeFields` of a WatchRule; everything below them counts, keys of maps stay. Examples: `spec.password`, `data`, `spec.users[*].token`. What a wrong path leads past is committed as it is, so leave `fields` out unless the rest of the object has to be readable. Default: every field but `apiVersion`, `kind` and `metadata`.
   */
  readonly fields?: readonly string[];
}

/**
 * GitRepoConfig says where to commit: a remote Git repository, a branch and a folder in it, how to authenticate, and how commits and pushes are made. WatchRules in the same namespace refer to it by name. Several GitRepoConfigs may name the same repository, and several clusters may push to the same branch.
 */
export interface GitRepoConfig {
  /**
   * The version of this kind.
   */
  readonly apiVersion: 'configbutler.ai/v1alpha1';
  /**
   * The name of this kind.
   */
  readonly kind: 'GitRepoConfig';
  /**
   * Object metadata as the API server hands it out.
   */
  readonly metadata: ObjectMeta;
  /**
   * What the user wants.
   */
  readonly spec: GitRepoConfigSpec;
  /**
   * What the operator observed. Written by the operator only.
   */
  readonly status?: GitRepoConfigStatus;
}

/**
 * Object metadata as the API server hands it out.
 */
export interface ObjectMeta {
  /**
   * The name, unique per kind and namespace.
   */
  readonly name: string;
  /**
   * The namespace.
   */
  readonly namespace: string;
  /**
   * What tells this object from every other, also from a namesake.
   */
  readonly uid: string;
  /**
   * Counts the changes of `spec`.
   */
  readonly generation: number;
  /**
   * The stored version, an opaque string. Missing only while the object is being created.
   */
  readonly resourceVersion?: string;
  /**
   * When the object was created, RFC 3339.
   */
  readonly creationTimestamp?: string;
  /**
   * When its deletion was requested, RFC 3339.
   */
  readonly deletionTimestamp?: string;
  /**
   * What must happen before it goes.
   */
  readonly finalizers?: readonly string[];
  /**
   * Labels: short keys and values that selectors can match.
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Annotations: keys and values that nothing selects by.
   */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * What the user wants.
 */
export interface GitRepoConfigSpec {
  /**
   * The remote repository: `ssh://git@example.com/team/audit.git`, `git@example.com:team/audit.git`, `https://example.com/team/audit.git`, `http://…`, or `file:///srv/git/audit.git`. Credentials belong in the Secret named by `secretRef`; only an SSH URL may name a user. `file://` works only where the operator runs with `--allow-local-repositories`. SSH host keys are always checked: without a matching known host the push is refused.
   */
  readonly url: string;
  /**
   * The branch that receives the commits. It is created when it is missing, also in an empty repository. Write the short name: `main`, not `refs/heads/main`. It is never force-pushed. Default: main.
   */
  readonly branch: string;
  /**
   * The folder in the repository below which files are written, for example `clusters/production`, so that several clusters can share a repository. Files outside it are never read or touched. Default: the root of the repository.
   */
  readonly path?: string;
  /**
   * The Secret that holds the credentials, in the same namespace. Keys: `ssh-key` and `known-hosts`; or the dialects of Flux (`identity`, `known_hosts`, `username`, `password`, `bearerToken`, `ca.crt`), of `kubernetes.io/ssh-auth` and `kubernetes.io/basic-auth`, and of Argo CD (`sshPrivateKey`). Default: no credentials.
   */
  readonly secretRef?: GitRepoConfigSecretRef;
  /**
   * How commits travel to the remote. A change is committed locally at once in any case.
   */
  readonly push: GitRepoConfigPush;
  /**
   * How commits are signed off by name and worded.
   */
  readonly commit: GitRepoConfigCommit;
  /**
   * What becomes of Secrets. Their values never reach Git in plain text, whatever is set here.
   */
  readonly secrets: GitRepoConfigSecrets;
  /**
   * `true` stops commits and pushes to this repository until it is `false` again; what changed meanwhile is then committed as the difference. Default: false.
   */
  readonly suspend: boolean;
}

/**
 * How commits travel to the remote. A change is committed locally at once in any case.
 */
export interface GitRepoConfigPush {
  /**
   * The least time from the start of a push to the start of the next: numbers with the units `h`, `m`, `s`, `ms`, for example `500ms` or `1m30s`; `0s` and `0` mean at once. Longer intervals spare the remote and delay commits by as much. At most 1h. Default: 1s.
   */
  readonly minInterval: string;
  /**
   * The most commits that one push sends; what is left over goes with the next. Smaller pushes conflict less and cost more round trips. Default: 1000.
   */
  readonly maxCommits: number;
}

/**
 * How commits are signed off by name and worded.
 */
export interface GitRepoConfigCommit {
  /**
   * What stands behind the `@` in the author's e-mail address when the user name is not an address itself: user `alice` becomes `alice@cluster.local`. Default: cluster.local.
   */
  readonly authorEmailDomain: string;
  /**
   * Who Git records as the committer. The author is always the user who made the change.
   */
  readonly committer: GitRepoConfigCommitCommitter;
  /**
   * A Mustache template that replaces the whole commit message; nothing is HTML-escaped. It can use `{{operation}}` (CREATE, UPDATE, DELETE or SNAPSHOT), `{{apiVersion}}`, `{{kind}}`, `{{name}}`, `{{namespace}}` (empty for a cluster-scoped object), `{{group}}`, `{{resource}}` (Kind/name), `{{user}}`, `{{groups}}` (of the user, with commas), `{{fieldManager}}` (of a change by nobody known), `{{timestamp}}` (RFC 3339, UTC) and `{{resourceVersion}}`; in a snapshot `{{rule}}` and `{{objects}}`. A template that cannot be parsed, or renders to an empty message, sets the condition `Ready` to `False` with the reason `InvalidTemplate`; no change is lost. Keep the line `- Resource Version: {{resourceVersion}}` in it: by that, an operator that was restarted knows again what its predecessor pushed at the last moment. Without it such a change may be committed twice, the second time without its author. Default: the message of the documentation, subject `[CREATE] Kind/name in ns/namespace by user/name`.
   */
  readonly messageTemplate?: string;
  /**
   * The largest file that is committed, in bytes. An object whose file would be larger is left out: an Event on the WatchRule names it, and what stands in Git for it stays until the object is smaller or deleted. The API server stores about 1.5 MiB at most. Default: 4194304.
   */
  readonly maxFileBytes: number;
}

/**
 * Who Git records as the committer. The author is always the user who made the change.
 */
export interface GitRepoConfigCommitCommitter {
  /**
   * The committer's name. Default: GitOps Reverser.
   */
  readonly name: string;
  /**
   * The committer's e-mail address. Default: gitops-reverser@cluster.local.
   */
  readonly email: string;
}

/**
 * What becomes of Secrets. Their values never reach Git in plain text, whatever is set here.
 */
export interface GitRepoConfigSecrets {
  /**
   * `Redact` commits Secrets with each value replaced by a keyed fingerprint, so that a change shows and its content does not; the API server refuses such a file, so it can never overwrite a live Secret. `Skip` commits nothing of Secrets. Default: Redact.
   */
  readonly policy: 'Redact' | 'Skip';
  /**
   * Kinds beside Secret whose objects hold secrets: `policy` applies to them too. Each text, number and boolean in their sensitive fields is replaced by a keyed fingerprint, and so is any other text of the object that repeats one of the values. No schema tells a fingerprint from a text, so these files also carry the label `gitops-reverser/redacted` with a value that the API server refuses for any kind: they can never overwrite a live object. Files that are there already are written anew, but the history of the repository keeps what was committed before. Default: none.
   */
  readonly additionalSensitiveKinds?: readonly GitRepoConfigSecretsAdditionalSensitiveKind[];
}

/**
 * What the operator observed. Written by the operator only.
 */
export interface GitRepoConfigStatus {
  /**
   * The `metadata.generation` that this status is about.
   */
  readonly observedGeneration?: number;
  /**
   * `Ready` is `True` when commits reach the remote. `Reconciling` and `Stalled` appear as kstatus defines them: while work goes on, and when only a change by a person can help.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The full ID of the operator's newest commit that is on the remote.
   */
  readonly lastPushedCommit?: string;
  /**
   * When the last push succeeded.
   */
  readonly lastPushTime?: string;
  /**
   * Commits made locally that are not on the remote yet.
   */
  readonly pendingCommits?: number;
  /**
   * Changes dropped since the operator started because the branch held a newer commit of somebody else for the same file (Git wins).
   */
  readonly droppedCommits?: number;
}

/**
 * One aspect of the current state.
 */
export interface Condition {
  /**
   * The name of the condition, in CamelCase.
   */
  readonly type: string;
  /**
   * Whether the condition holds.
   */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * Why, as one CamelCase word that programs can rely on.
   */
  readonly reason: string;
  /**
   * Why, as a sentence for people. Never holds a secret.
   */
  readonly message: string;
  /**
   * When `status` last changed.
   */
  readonly lastTransitionTime: string;
  /**
   * The `metadata.generation` that this condition is about.
   */
  readonly observedGeneration?: number;
}

/**
 * WatchRule as a user writes it. WatchRule says what to capture: which kinds, in which namespaces, with which labels, made by whom. A rule can capture only what its author may list and watch; on create and update, the operator refuses a rule that reaches further and names the missing permission. An object matched by several rules is committed to each distinct repository once.
 */
export interface WatchRuleInput {
  /**
   * The version of this kind.
   */
  readonly apiVersion: 'configbutler.ai/v1alpha1';
  /**
   * The name of this kind.
   */
  readonly kind: 'WatchRule';
  /**
   * Object metadata as a user writes it.
   */
  readonly metadata: ObjectMetaInput;
  /**
   * What the user wants.
   */
  readonly spec: WatchRuleSpecInput;
}

/**
 * What the user wants.
 */
export interface WatchRuleSpecInput {
  /**
   * The name of the GitRepoConfig that receives the commits, in the same namespace.
   */
  readonly gitRepoConfigRef: string;
  /**
   * The kinds to capture; an object is captured when one entry matches it.
   */
  readonly resources: readonly WatchRuleResource[];
  /**
   * Selects namespaces by their labels: objects in them are captured, and, where `resources` names Namespace, those Namespaces themselves. An empty selector (`{}`) matches every namespace and no other cluster-scoped kind. A namespace whose labels change moves in or out of scope at once; its files stay. Default: every namespace, and cluster-scoped kinds.
   */
  readonly namespaceSelector?: LabelSelector;
  /**
   * Selects objects by their own labels. An object whose labels change moves in or out of scope at once; leaving scope leaves its file as it is, and the file still goes when the object is deleted. Default: every object.
   */
  readonly objectSelector?: LabelSelector;
  /**
   * Leaves out objects whose own labels match, for example `matchLabels: {"gitops-reverser/ignore": "true"}`. Wins over everything that selects. Default: nothing is left out.
   */
  readonly excludeLabels?: LabelSelector;
  /**
   * Globs of user names whose changes are not committed, for example `system:serviceaccount:flux-system:*`: `*` stands for any number of characters, `?` for one, everything else for itself; the whole name must match. Their change reaches Git with the next change of another user to the same object. Default: nobody.
   */
  readonly excludeUsers?: readonly string[];
  /**
   * Fields that are removed before an object is committed; a change of nothing but these makes no commit. A path is a field name followed by any number of steps: `.name` a field, `["key"]` a field whose name has other characters than letters, digits, `-` and `_`, `.*` or `[*]` every entry of a map or list. Examples: `spec.replicas`, `metadata.annotations["example.com/build"]`, `data.*`, `spec.template.spec.containers[*].image`. Where a path leads nowhere, nothing happens. `apiVersion`, `kind`, `metadata.name` and `metadata.namespace` cannot be removed. Default: nothing is removed.
   */
  readonly excludeFields?: readonly string[];
  /**
   * What to do with changes that only repeat themselves: two writers that undo each other, or a program that rewrites the same fields every few seconds. `Coalesce` commits the newest of them once they stop, or a few minutes later, and tells so with an Event; `CommitAll` commits each. Changes of anybody else to the same object are committed at once either way. Default: Coalesce.
   */
  readonly noise?: 'Coalesce' | 'CommitAll';
  /**
   * `true` stops capturing with this rule until it is `false` again; what changed meanwhile is then committed as the difference. Files stay. Default: false.
   */
  readonly suspend?: boolean;
}

/**
 * One kind, or several by wildcard.
 */
export interface WatchRuleResource {
  /**
   * The API version: `v1` for the core group, `apps/v1`, `apps/*` for the preferred version of a group, or `*` for every group. Where a group serves a kind in several versions, it is captured once.
   */
  readonly apiVersion: string;
  /**
   * The kind as manifests write it (`ConfigMap`, not `configmaps`), or `*` for every kind. `*` leaves out what no person writes: Events, Leases, Endpoints, EndpointSlices, objects with a controller owner, `kube-root-ca.crt`, service-account tokens and Helm release Secrets. Naming a kind brings it in.
   */
  readonly kind: string;
  /**
   * Globs of object names, of which one must match the whole name: `*` stands for any number of characters, `?` for one, everything else for itself. Default: every name.
   */
  readonly names?: readonly string[];
  /**
   * The changes that are committed. Where `DELETE` is left out, the file of a deleted object stays in Git. Default: CREATE, UPDATE and DELETE.
   */
  readonly operations?: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
}

/**
 * Selects by labels: everything that is stated must hold; an empty selector matches everything.
 */
export interface LabelSelector {
  /**
   * Labels that must be there with exactly these values. At least one: a label that was given no value would otherwise widen the selection to everything.
   */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /**
   * Further requirements, all of which must hold.
   */
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/**
 * A label key, an operator, and the values it compares with.
 */
export interface LabelSelectorRequirement {
  /**
   * The label key.
   */
  readonly key: string;
  /**
   * `In` and `NotIn` compare with `values`; `Exists` and `DoesNotExist` only ask for the key. `NotIn` also matches where the key is missing.
   */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * Label values; at least one for `In` and `NotIn`, none for the others.
   */
  readonly values?: readonly string[];
}

/**
 * WatchRule says what to capture: which kinds, in which namespaces, with which labels, made by whom. A rule can capture only what its author may list and watch; on create and update, the operator refuses a rule that reaches further and names the missing permission. An object matched by several rules is committed to each distinct repository once.
 */
export interface WatchRule {
  /**
   * The version of this kind.
   */
  readonly apiVersion: 'configbutler.ai/v1alpha1';
  /**
   * The name of this kind.
   */
  readonly kind: 'WatchRule';
  /**
   * Object metadata as the API server hands it out.
   */
  readonly metadata: ObjectMeta;
  /**
   * What the user wants.
   */
  readonly spec: WatchRuleSpec;
  /**
   * What the operator observed. Written by the operator only.
   */
  readonly status?: WatchRuleStatus;
}

/**
 * What the user wants.
 */
export interface WatchRuleSpec {
  /**
   * The name of the GitRepoConfig that receives the commits, in the same namespace.
   */
  readonly gitRepoConfigRef: string;
  /**
   * The kinds to capture; an object is captured when one entry matches it.
   */
  readonly resources: readonly WatchRuleResource[];
  /**
   * Selects namespaces by their labels: objects in them are captured, and, where `resources` names Namespace, those Namespaces themselves. An empty selector (`{}`) matches every namespace and no other cluster-scoped kind. A namespace whose labels change moves in or out of scope at once; its files stay. Default: every namespace, and cluster-scoped kinds.
   */
  readonly namespaceSelector?: LabelSelector;
  /**
   * Selects objects by their own labels. An object whose labels change moves in or out of scope at once; leaving scope leaves its file as it is, and the file still goes when the object is deleted. Default: every object.
   */
  readonly objectSelector?: LabelSelector;
  /**
   * Leaves out objects whose own labels match, for example `matchLabels: {"gitops-reverser/ignore": "true"}`. Wins over everything that selects. Default: nothing is left out.
   */
  readonly excludeLabels?: LabelSelector;
  /**
   * Globs of user names whose changes are not committed, for example `system:serviceaccount:flux-system:*`: `*` stands for any number of characters, `?` for one, everything else for itself; the whole name must match. Their change reaches Git with the next change of another user to the same object. Default: nobody.
   */
  readonly excludeUsers?: readonly string[];
  /**
   * Fields that are removed before an object is committed; a change of nothing but these makes no commit. A path is a field name followed by any number of steps: `.name` a field, `["key"]` a field whose name has other characters than letters, digits, `-` and `_`, `.*` or `[*]` every entry of a map or list. Examples: `spec.replicas`, `metadata.annotations["example.com/build"]`, `data.*`, `spec.template.spec.containers[*].image`. Where a path leads nowhere, nothing happens. `apiVersion`, `kind`, `metadata.name` and `metadata.namespace` cannot be removed. Default: nothing is removed.
   */
  readonly excludeFields?: readonly string[];
  /**
   * What to do with changes that only repeat themselves: two writers that undo each other, or a program that rewrites the same fields every few seconds. `Coalesce` commits the newest of them once they stop, or a few minutes later, and tells so with an Event; `CommitAll` commits each. Changes of anybody else to the same object are committed at once either way. Default: Coalesce.
   */
  readonly noise: 'Coalesce' | 'CommitAll';
  /**
   * `true` stops capturing with this rule until it is `false` again; what changed meanwhile is then committed as the difference. Files stay. Default: false.
   */
  readonly suspend: boolean;
}

/**
 * What the operator observed. Written by the operator only.
 */
export interface WatchRuleStatus {
  /**
   * The `metadata.generation` that this status is about.
   */
  readonly observedGeneration?: number;
  /**
   * `Ready` is `True` when changes are captured with their authors: watches are synced, the snapshot is on the remote, and the webhook answers. `Reconciling` and `Stalled` appear as kstatus defines them: while work goes on, and when only a change by a person can help. `LoopDetected` appears while two writers undo each other's changes of an object, which are not committed meanwhile.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The kinds this rule captures now, sorted by `apiVersion` and `kind`; at most the first 512.
   */
  readonly resources?: readonly WatchRuleStatusResource[];
  /**
   * How many kinds this rule captures now.
   */
  readonly matchedResources?: number;
  /**
   * How many objects this rule captures now, of all kinds.
   */
  readonly capturedObjects?: number;
  /**
   * Commits made for this rule.
   */
  readonly commits?: number;
  /**
   * Changes dropped because the branch held a newer commit of somebody else for the same file (Git wins).
   */
  readonly droppedChanges?: number;
  /**
   * When what existed before this rule was last compared with the tree in full.
   */
  readonly lastSnapshotTime?: string;
  /**
   * The full ID of the last `[SNAPSHOT]` commit for this rule.
   */
  readonly lastSnapshotCommit?: string;
}

/**
 * One captured kind.
 */
export interface WatchRuleStatusResource {
  /**
   * The API version that is watched.
   */
  readonly apiVersion: string;
  /**
   * The kind.
   */
  readonly kind: string;
  /**
   * How many objects of this kind are captured.
   */
  readonly objects: number;
}
