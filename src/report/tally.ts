/** Counts by one label, as cheap as counting can be. The label's values are few: whoever counts sees to that. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(label: string, count: number): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + count);
  }

  /** Tell every count so far, with its label. */
  observe(tell: (count: number, label: string) => void): void {
    for (const [label, count] of this.#counts) tell(count, label);
  }
}
