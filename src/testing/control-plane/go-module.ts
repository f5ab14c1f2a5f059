import { etcdVersion, goVersion, kubernetesVersion } from './versions.ts';

/** The packages that become programs, and the file name `go build` gives each. */
export const goPackages = {
  etcd: { package: 'go.etcd.io/etcd/server/v3', output: 'server' },
  'kube-apiserver': { package: 'k8s.io/kubernetes/cmd/kube-apiserver', output: 'kube-apiserver' },
  'kube-controller-manager': {
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    output: 'kube-controller-manager',
  },
  kubectl: { package: 'k8s.io/kubernetes/cmd/kubectl', output: 'kubectl' },
} as const;

/**
 * The go.mod that builds a control plane, derived from the go.mod of k8s.io/kubernetes itself.
 *
 * That file requires its staging modules at `v0.0.0` (in its own repository they are folders); their published
 * versions are `v0.MINOR.PATCH` of the same release. Only what stands at exactly `v0.0.0` is replaced.
 */
export function controlPlaneGoMod(kubernetesGoMod: string): string {
  const staging = [
    ...kubernetesGoMod.matchAll(/^\s*(?:require\s+)?(k8s\.io\/\S+) v0\.0\.0\s*(?:\/\/.*)?$/gm),
  ];
  const version = `v${kubernetesVersion.replace(/^1\./, '0.')}`;
  const replaces = staging.map(([, module]) => `\t${module} => ${module} ${version}`);
  const godebug = /^godebug .*$/m.exec(kubernetesGoMod)?.[0];
  const blocks = [
    'module gitops-reverser.invalid/control-plane',
    `go ${/^go (\S+)$/m.exec(kubernetesGoMod)?.[1] ?? goVersion}`,
    // Defaults of the main module count, so the programs behave as the released ones.
    ...(godebug === undefined ? [] : [godebug]),
    `require (\n\tgo.etcd.io/etcd/server/v3 v${etcdVersion}\n\tk8s.io/kubernetes v${kubernetesVersion}\n)`,
    `replace (\n${replaces.join('\n')}\n)`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Linker flags: no symbol tables, and the version the programs call themselves (else v0.0.0-master). */
export function linkerFlags(): string {
  const [major, minor] = kubernetesVersion.split('.');
  const version = 'k8s.io/component-base/version';
  return [
    '-s -w',
    `-X ${version}.gitVersion=v${kubernetesVersion}`,
    `-X ${version}.gitMajor=${major}`,
    `-X ${version}.gitMinor=${minor}`,
    `-X ${version}.gitTreeState=clean`,
  ].join(' ');
}
