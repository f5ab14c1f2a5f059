/** Commits that follow from what a person did, and are credited to somebody else, each with the reason. */
const CAUSED: readonly (readonly [subject: RegExp, reason: string])[] = [
  [/^\[SNAPSHOT\]/, 'it was there before the rule'],
  [/ by user\/admin$/, 'the person who creates all'],
  [
    /^\[CREATE\] ServiceAccount\/default in ns\/\S+ by user\/system:serviceaccount:kube-system:service-account-controller$/,
    'each new Namespace gets one',
  ],
  [
    /^\[CREATE\] PersistentVolumeClaim\/\S+ in ns\/\S+ by user\/system:serviceaccount:kube-system:statefulset-controller$/,
    'claims of a StatefulSet, which outlive it',
  ],
  [
    /^\[UPDATE\] PersistentVolumeClaim\/\S+ in ns\/\S+ by user\/system:serviceaccount:kube-system:persistent-volume-binder$/,
    'a claim without a class gets the default one as soon as there is one',
  ],
  [/^\[CREATE\] APIService\/\S+ by user\/system:apiserver$/, 'each new version of a group gets one'],
  [
    /^\[CREATE\] (Validating|Mutating)AdmissionPolicy(Binding)?\/\S+ by user\/unknown$/,
    'the API server asks no webhook about admission itself',
  ],
  [
    /^\[CREATE\] (Validating|Mutating)WebhookConfiguration\/\S+ by user\/unknown$/,
    'the API server asks no webhook about admission itself',
  ],
];

/** Does the commit follow from what a person did? */
export function isCaused(subject: string): boolean {
  return CAUSED.some(([pattern]) => pattern.test(subject));
}
