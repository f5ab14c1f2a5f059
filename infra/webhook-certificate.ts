import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { hostNamesOfService } from '../src/certificates/host-names.ts';
import { CERTIFICATE_SECRET, NAME, operatorLabels, WEBHOOK_SERVICE } from './names.ts';

/** Who issues the certificate of the webhooks. */
export interface CertificateOptions {
  /**
   * An Issuer of the operator's namespace or a ClusterIssuer. It has to put its CA into the Secret (`ca.crt`), as CA,
   * self-signed and Vault issuers do, and ACME does not.
   */
  readonly issuerRef: {
    readonly name: string;
    /** Default: `Issuer`. */
    readonly kind?: 'Issuer' | 'ClusterIssuer';
    /** Default: `cert-manager.io`. */
    readonly group?: string;
  };
}

/** Where the certificate stands. */
export interface WebhookCertificateProps extends CertificateOptions {
  readonly namespace: string;
}

/** A Certificate of cert-manager, whose CRDs the cluster has to have. The operator serves what it keeps in the Secret. */
export class WebhookCertificate extends Construct {
  constructor(scope: Construct, id: string, { namespace, issuerRef }: WebhookCertificateProps) {
    super(scope, id);
    const { name, kind = 'Issuer', group = 'cert-manager.io' } = issuerRef;
    new ApiObject(this, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: `${NAME}-webhooks`, namespace, labels: operatorLabels },
      spec: {
        secretName: CERTIFICATE_SECRET,
        dnsNames: [...hostNamesOfService(namespace, WEBHOOK_SERVICE).dns],
        usages: ['digital signature', 'server auth'],
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        issuerRef: { name, kind, group },
      },
    });
  }
}
