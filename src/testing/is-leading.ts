/** Does the replica whose `/metrics` are served here lead? */
export async function isLeading({ statusUrl }: { readonly statusUrl: string }): Promise<boolean> {
  const metrics = await (await fetch(`${statusUrl}/metrics`)).text();
  return /^gitops_reverser_leader(\{[^}]*\})? 1$/m.test(metrics);
}
