import type { KeyAndCertificate } from './serving-certificate.ts';

/** What the webhook server serves, and what its clients have to trust; PEM each. */
export interface ServingMaterial extends KeyAndCertificate {
  /** For `clientConfig.caBundle`: authorities that are trusted, one or, while one follows another, several. */
  readonly caBundle: string;
}

/** Where certificates come from. */
export interface CertificateSource {
  /** What is to be served now: usable, or it throws a `CodedError` that says what to mend. */
  load(): Promise<ServingMaterial>;
}
