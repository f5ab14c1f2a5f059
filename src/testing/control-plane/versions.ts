/** The one Kubernetes version that tests, demo and tools run. */
export const kubernetesVersion = '1.36.3';

/** The etcd version that this Kubernetes' own go.mod names. */
export const etcdVersion = '3.6.8';

/** The Go release that this Kubernetes' go.mod asks for. */
export const goVersion = '1.26.0';

/** The programs of a control plane, by the name of their file. */
export const binaryNames = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

export type BinaryName = (typeof binaryNames)[number];

/** Absolute paths of the programs. */
export type Binaries = Readonly<Record<BinaryName, string>>;

/** The platform as Go and the release archives name it, such as `linux-amd64`. */
export interface Platform {
  readonly os: 'linux' | 'darwin';
  readonly arch: 'amd64' | 'arm64';
}
