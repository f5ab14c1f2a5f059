import { join } from 'node:path';
import type { Credentials } from './credentials.ts';

const host = '127.0.0.1';

/** The ports of one control plane, all on loopback. */
export interface Ports {
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
}

/** How to call etcd: one member, and no fsync, since its data lives no longer than the machine is up. */
export function etcdFlags(dir: string, ports: Ports): string[] {
  const client = `http://${host}:${ports.etcdClient}`;
  const peer = `http://${host}:${ports.etcdPeer}`;
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ];
}

/** How to call kube-apiserver: tokens, RBAC, and a certificate it signs itself. */
export function apiServerFlags(credentials: Credentials, ports: Ports): string[] {
  return [
    `--etcd-servers=http://${host}:${ports.etcdClient}`,
    `--bind-address=${host}`,
    `--advertise-address=${host}`,
    `--secure-port=${ports.apiServer}`,
    `--cert-dir=${credentials.certificateDir}`,
    `--token-auth-file=${credentials.tokenFile}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${credentials.serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
    '--allow-privileged',
    // There is no second API server, and loopback would be refused as an endpoint.
    '--endpoint-reconciler-type=none',
    '--profiling=false',
  ];
}

/** How to call kube-controller-manager: everything that needs no nodes. It serves nothing. */
export function controllerManagerFlags(credentials: Credentials, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--controllers=*,-node-ipam-controller,-node-lifecycle-controller',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${credentials.serviceAccountKeyFile}`,
    `--root-ca-file=${credentials.certificateFile}`,
    '--leader-elect=false',
    '--secure-port=0',
    // Tests wait for cascades: let neither client throttling nor few workers slow them down.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--min-resync-period=1h',
    '--profiling=false',
  ];
}
