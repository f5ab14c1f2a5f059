/** The GitRepoConfig and the WatchRules of the demo, as a user would write them. */
export function sampleManifests(remoteUrl: string): string {
  return `apiVersion: configbutler.ai/v1alpha1
kind: GitRepoConfig
metadata:
  name: audit-repo
  namespace: default
spec:
  url: ${remoteUrl}
  branch: main
  push: {minInterval: 0s}
---
# Everything in namespaces, and what stands beside them, unless it is labelled to be ignored.
apiVersion: configbutler.ai/v1alpha1
kind: WatchRule
metadata:
  name: shop
  namespace: default
spec:
  gitRepoConfigRef: audit-repo
  resources:
    - {apiVersion: "*", kind: "*"}
  namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: shop
  excludeLabels:
    matchLabels:
      "gitops-reverser/ignore": "true"
---
# And the scheduling priorities of the whole cluster.
apiVersion: configbutler.ai/v1alpha1
kind: WatchRule
metadata:
  name: priorities
  namespace: default
spec:
  gitRepoConfigRef: audit-repo
  resources:
    - {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass}
`;
}
