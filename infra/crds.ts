import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { crds } from '../gen/kinds.ts';
import { clusterScoped } from './cluster-scoped.ts';

/** The CustomResourceDefinitions, exactly as `crds/` has them. */
export class Crds extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const crd of crds) clusterScoped(new ApiObject(this, crd.metadata.name, crd));
  }
}
