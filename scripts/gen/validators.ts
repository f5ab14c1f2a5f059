import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import type { Crd } from './crd.ts';
import { normalize } from './normalize.ts';
import { objectMetaSchema } from './object-meta.ts';
import { mapSchema, type Schema } from './schema.ts';

/**
 * `gen/validators.js`: one validator per kind, with everything it needs in one file.
 * Ajv compiles the checks to plain JavaScript; esbuild bundles them with validator-runtime.ts.
 */
export async function validatorsFile(crds: readonly Crd[], root: string): Promise<string> {
  const entry = [
    `import * as checks from 'checks';`,
    `import { validator } from './scripts/gen/validator-runtime.ts';`,
    ...crds.map(({ kind }) => `export const validate${kind} = validator(checks.check${kind});`),
  ].join('\n');
  const bundle = await build({
    stdin: { contents: entry, resolveDir: root, sourcefile: 'validators.js' },
    absWorkingDir: root,
    // Modules are called as they stand below the root, also where node_modules is a link to somewhere else.
    preserveSymlinks: true,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    charset: 'utf8',
    minifySyntax: true,
    legalComments: 'none',
    tsconfigRaw: {},
    plugins: [
      {
        name: 'checks',
        setup(plugins) {
          plugins.onResolve({ filter: /^checks$/ }, () => ({ path: 'checks', namespace: 'generated' }));
          plugins.onLoad({ filter: /.*/, namespace: 'generated' }, () => ({
            contents: compileChecks(crds),
            resolveDir: root,
          }));
        },
      },
    ],
  });
  const text = bundle.outputFiles[0]?.text ?? '';
  // Where the bundler found a module is of no interest, and may differ from machine to machine.
  return text.replace(/^ *\/\/ .*\n/gm, '');
}

/** `gen/validators.d.ts`: what the bundle exports. */
export function validatorsTypes(crds: readonly Crd[]): string {
  const kinds = crds.map(({ kind }) => kind);
  return `import type { ${kinds.join(', ')} } from './model.ts';

/** What is wrong with one field, and what would be right. Never holds the value of the field. */
export interface FieldError {
  /** Where: \`spec.resources[0].kind\`. */
  readonly path: string;
  /** What must be done, to be read after the path: \`must be ...\`, \`is required ...\`. */
  readonly message: string;
}

/** The object with its defaults applied and unknown fields pruned, as the API server would store it; or why not. */
export type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly [FieldError, ...FieldError[]] };
${kinds.map(declaration).join('')}`;
}

function declaration(kind: string): string {
  return `
/**
 * Checks a ${kind} that was read from the API server or comes in an admission review.
 *
 * Decides as the API server does, except for CEL rules (x-kubernetes-validations), which only it evaluates.
 * Does not change its argument.
 */
export function validate${kind}(object: unknown): Validation<${kind}>;
`;
}

function compileChecks(crds: readonly Crd[]): string {
  const ajv = new Ajv({
    code: { source: true, esm: true, lines: true },
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    // The runtime words the messages itself, from the parent schema's title and the data.
    messages: false,
    verbose: true,
    useDefaults: true,
    // Removes exactly what the normalizer marked as pruned: additionalProperties false.
    removeAdditional: true,
  });
  for (const crd of crds) ajv.addSchema(checkedSchema(crd), crd.kind);
  const exports = Object.fromEntries(crds.map(({ kind }) => [`check${kind}`, kind]));
  return standalone.default(ajv, exports);
}

/** The schema of a whole object. The API server checks `metadata` itself, so here only what the types promise. */
function checkedSchema(crd: Crd): Schema {
  const { description: _, ...root } = mapSchema(
    normalize(crd.schema),
    ({ description: __, ...rest }) => rest,
  );
  const { description: ___, ...metadata } = mapSchema(
    objectMetaSchema,
    ({ description: __, ...rest }) => rest,
  );
  return {
    ...root,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      ...root.properties,
      apiVersion: { type: 'string', const: crd.apiVersion },
      kind: { type: 'string', const: crd.kind },
      metadata,
    },
  };
}
