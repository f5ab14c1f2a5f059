import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { METRICS_PORT, NAME, operatorLabels, WEBHOOK_PORT, WEBHOOK_SERVICE } from './names.ts';

/** What runs, and as whom. */
export interface OperatorDeploymentProps {
  readonly namespace: string;
  /** The container image, with a tag or digest. */
  readonly image: string;
  readonly serviceAccountName: string;
  /** More than one: all of them run, and one at a time leads. */
  readonly replicas: number;
  readonly resources: k8s.ResourceRequirements;
  readonly logLevel?: string;
  /** The Secret of a certificate that somebody else keeps. Default: the operator keeps its own. */
  readonly certificateSecret?: string;
}

/** The user `node` of the image: ssh refuses a user that the image's /etc/passwd does not know. */
const USER_ID = 1000;
const DATA_DIR = '/data';
const TEMP_DIR = '/tmp';
/**
 * On SIGTERM the operator pushes what is committed, for which a slow remote may take its 20 s. One of several then
 * gives its Leases away and answers reviews for 3 s more; the rest is for an API server that is slow to answer.
 */
const TERMINATION_GRACE_SECONDS = 60;

/**
 * What a replica takes. The memory that is asked for holds 50,000 objects of 5 KB and git beside them, the processor
 * time about a hundred commits a second (docs/benchmarks.md); the limit leaves room for several times as many objects.
 */
export const RESOURCES_DEFAULT: k8s.ResourceRequirements = {
  requests: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString('256Mi') },
  limits: { memory: k8s.Quantity.fromString('1Gi') },
};

/**
 * The operator's Deployment. One replica is replaced, never doubled; several replicas elect a leader.
 *
 * Made from the plain API types: the high-level Deployment of cdk8s-plus puts a hash of the construct's path into
 * the Pods' labels and the selector, which can never change.
 */
export class OperatorDeployment extends Construct {
  readonly deployment: k8s.KubeDeployment;

  constructor(scope: Construct, id: string, props: OperatorDeploymentProps) {
    super(scope, id);
    this.deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata: { name: NAME, namespace: props.namespace, labels: operatorLabels },
      spec: {
        replicas: props.replicas,
        strategy: props.replicas === 1 ? { type: 'Recreate' } : oneMore,
        selector: { matchLabels: operatorLabels },
        template: {
          metadata: {
            labels: operatorLabels,
            annotations: { 'kubectl.kubernetes.io/default-container': NAME },
          },
          spec: podSpec(props),
        },
      },
    });
  }
}

function podSpec(props: OperatorDeploymentProps): k8s.PodSpec {
  return {
    serviceAccountName: props.serviceAccountName,
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(props.replicas === 1 ? {} : { topologySpreadConstraints: [onDifferentNodes] }),
    containers: [container(props)],
    volumes: [
      // Survives a restart of the container. Without a size limit: reaching one would evict the Pod, and with it
      // the commits that are not pushed yet.
      { name: 'data', emptyDir: {} },
      // In memory, for Git credentials are written here while git uses them.
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('64Mi') } },
    ],
  };
}

/**
 * All replicas stay until a new one is ready: a rollout takes nothing of what the PodDisruptionBudget grants.
 * Both numbers are given, so that server-side apply removes them when there is one replica again.
 */
const oneMore: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
};

/** A node that fails should not take all replicas, where there are several nodes. */
const onDifferentNodes: k8s.TopologySpreadConstraint = {
  maxSkew: 1,
  topologyKey: 'kubernetes.io/hostname',
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: operatorLabels },
};

function container(props: OperatorDeploymentProps): k8s.Container {
  const { image, resources, replicas } = props;
  return {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: operatorArgs(props),
    env: [{ name: 'TMPDIR', value: TEMP_DIR }, ...(replicas === 1 ? [] : [podAddress])],
    ports: [METRICS_PORT, WEBHOOK_PORT].map(({ name, number }) => ({
      name,
      containerPort: number,
      protocol: 'TCP',
    })),
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 6 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 1 }),
    resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      { name: 'data', mountPath: DATA_DIR },
      { name: 'tmp', mountPath: TEMP_DIR },
    ],
  };
}

/**
 * Where other replicas reach this one. The name of the Pod would lead there, too, but not on the network of the node,
 * where it is the node's and may stand for a loopback address. In brackets below, for it may be one of IPv6.
 */
const podAddress: k8s.EnvVar = {
  name: 'POD_IP',
  valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
};

/** It listens on every address: those of Pods are of IPv4, IPv6 or both, as the cluster is. */
function operatorArgs({ namespace, replicas, logLevel, certificateSecret }: OperatorDeploymentProps) {
  return [
    'run',
    `--data-dir=${DATA_DIR}`,
    `--namespace=${namespace}`,
    `--metrics-listen=:${METRICS_PORT.number}`,
    `--listen=:${WEBHOOK_PORT.number}`,
    `--webhook-service=${namespace}/${WEBHOOK_SERVICE}`,
    ...(certificateSecret === undefined ? [] : [`--webhook-certificate-secret=${certificateSecret}`]),
    ...(replicas === 1 ? [] : ['--leader-elect', `--replica-address=[$(POD_IP)]:${WEBHOOK_PORT.number}`]),
    ...(logLevel === undefined ? [] : [`--log-level=${logLevel}`]),
  ];
}

function probe(path: string, timing: Pick<k8s.Probe, 'periodSeconds' | 'failureThreshold'>): k8s.Probe {
  return {
    httpGet: { path, port: k8s.IntOrString.fromString(METRICS_PORT.name) },
    timeoutSeconds: 3,
    ...timing,
  };
}
