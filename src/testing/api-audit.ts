import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One call of the API server, as its audit log tells it. */
export interface AuditedCall {
  readonly verb: string;
  readonly user: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** What RBAC said, which comes before admission may refuse. */
  readonly decision?: 'allow' | 'forbid';
  /** It came too late: its namespace was going. */
  readonly isTooLate?: boolean;
  /** Path and query. */
  readonly uri: string;
  /** Absent: not about a resource. */
  readonly resource?: {
    readonly group: string;
    /** With the subresource: `pods/exec`. */
    readonly resource: string;
    readonly namespace: string | undefined;
    readonly name: string | undefined;
  };
}

/** The audit of one API server. */
export interface Audit {
  /** Flags that make kube-apiserver keep it. */
  readonly apiServerFlags: readonly string[];
  /** Calls that were answered so far, oldest first. */
  calls(): Promise<readonly AuditedCall[]>;
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: {
    readonly code?: number;
    readonly details?: { readonly causes?: readonly { readonly reason?: string }[] };
  };
  readonly annotations?: { readonly 'authorization.k8s.io/decision'?: 'allow' | 'forbid' };
}

/** Keep an audit of what a user asks of an API server, with files in `dir`. */
export async function makeAudit(dir: string, user: string): Promise<Audit> {
  const policyFile = join(dir, 'audit-policy.json');
  const logFile = join(dir, 'audit.log');
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // A watch is answered when it begins.
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', users: [user] }, { level: 'None' }],
  };
  await writeFile(policyFile, JSON.stringify(policy));
  return {
    // Blocking: a call is in the log before its answer is sent.
    apiServerFlags: [
      `--audit-policy-file=${policyFile}`,
      `--audit-log-path=${logFile}`,
      '--audit-log-mode=blocking',
    ],
    async calls() {
      // There is no file before the first call.
      const log = await readFile(logFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      const lines = log.split('\n').filter((line) => line !== '');
      return lines.map((line) => callOf(JSON.parse(line) as AuditEvent));
    },
  };
}

function callOf({ verb, requestURI, user, objectRef, responseStatus, annotations }: AuditEvent): AuditedCall {
  const decision = annotations?.['authorization.k8s.io/decision'];
  const causes = responseStatus?.details?.causes ?? [];
  const call = {
    verb,
    user: user.username,
    status: responseStatus?.code ?? 0,
    uri: requestURI,
    ...(decision === undefined ? {} : { decision }),
    ...(causes.some(({ reason }) => reason === 'NamespaceTerminating') ? { isTooLate: true } : {}),
  };
  if (objectRef === undefined) return call;
  const { apiGroup = '', resource, subresource, namespace, name } = objectRef;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return { ...call, resource: { group: apiGroup, resource: full, namespace, name } };
}
