import type { Crd } from './crd.ts';

/** `gen/constructs/<kind>.ts`: a cdk8s construct whose `spec` has the type a user writes. */
export function constructFile(crd: Crd): string {
  const { kind, apiVersion, schema } = crd;
  return `import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ${kind}SpecInput } from '../model.ts';

/** What a ${kind} construct is made from. */
export interface ${kind}Props {
  /** Standard object metadata. Default: a name made from the construct's path, in the chart's namespace. */
  readonly metadata?: ApiObjectMetadata;
  readonly spec: ${kind}SpecInput;
}

/**
${wrapped(schema.description ?? kind)}
 */
export class ${kind} extends ApiObject {
  /** The apiVersion and kind of every ${kind}. */
  static readonly GVK = { apiVersion: '${apiVersion}', kind: '${kind}' } as const;

  /** The manifest of a ${kind}, without adding it to a chart. */
  static manifest(props: ${kind}Props): typeof ${kind}.GVK & ${kind}Props {
    return { ...${kind}.GVK, ...props };
  }

  constructor(scope: Construct, id: string, props: ${kind}Props) {
    super(scope, id, ${kind}.manifest(props));
  }
}
`;
}

/** The text as lines of a doc comment, at most 100 characters each. */
function wrapped(text: string): string {
  return text.replace(/(.{1,96})(?:\s+|$)/g, ' * $1\n').trimEnd();
}
