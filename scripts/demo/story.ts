import type { User } from '../../src/testing/control-plane/users.ts';

/** One step of the incident: who does what, told in a sentence, and the commit that shows it. */
export interface Step {
  readonly user: User;
  readonly says: string;
  /** kubectl's arguments; `input` goes to its standard input. */
  readonly kubectl: readonly string[];
  readonly input?: string;
  /** Start of the subject of the commit that this step causes. */
  readonly commit: string;
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: shop
  labels: {app: checkout}
spec:
  replicas: 2
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec:
      containers:
        - name: checkout
          image: registry.example.com/checkout:1.4.0
          env: [{name: PAYMENT_TIMEOUT_SECONDS, value: "30"}]
`;

const config = `apiVersion: v1
kind: ConfigMap
metadata: {name: feature-flags, namespace: shop}
data:
  new-checkout: "on"
`;

const secret = `apiVersion: v1
kind: Secret
metadata: {name: payment-gateway, namespace: shop}
stringData:
  api-key: not-for-anyone-else
`;

const priorityClass = `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: shop-critical}
value: 100000
description: Checkout goes first.
`;

/** A short incident: a release, a bad flag, a hotfix, a leaked key, a clean-up. */
export const story: readonly Step[] = [
  {
    user: 'alice@example.com',
    says: 'alice releases the checkout',
    kubectl: ['apply', '-f', '-'],
    input: deployment,
    commit: '[CREATE] Deployment/checkout',
  },
  {
    user: 'alice@example.com',
    says: 'alice switches the new checkout on',
    kubectl: ['apply', '-f', '-'],
    input: config,
    commit: '[CREATE] ConfigMap/feature-flags',
  },
  {
    user: 'admin',
    says: 'load goes up, the admin scales out',
    kubectl: ['scale', 'deployment/checkout', '-n', 'shop', '--replicas=6'],
    commit: '[UPDATE] Deployment/checkout',
  },
  {
    user: 'alice@example.com',
    says: 'payments time out, alice hotfixes the live Deployment',
    kubectl: ['set', 'env', 'deployment/checkout', '-n', 'shop', 'PAYMENT_TIMEOUT_SECONDS=90'],
    commit: '[UPDATE] Deployment/checkout',
  },
  {
    user: 'admin',
    says: 'the admin stores a new gateway key (its value never reaches Git)',
    kubectl: ['apply', '-f', '-'],
    input: secret,
    commit: '[CREATE] Secret/payment-gateway',
  },
  {
    user: 'admin',
    says: 'the admin gives the checkout priority, cluster-wide',
    kubectl: ['apply', '-f', '-'],
    input: priorityClass,
    commit: '[CREATE] PriorityClass/shop-critical',
  },
  {
    user: 'alice@example.com',
    says: 'the flag was the culprit: alice deletes it',
    kubectl: ['delete', 'configmap/feature-flags', '-n', 'shop'],
    commit: '[DELETE] ConfigMap/feature-flags',
  },
];
