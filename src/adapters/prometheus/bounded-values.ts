/** What is past the bound is counted under this name: a bounded label beats a complete one. */
const others = 'other';

/** Values of a label that are not known beforehand: the first so many keep their name. */
export class BoundedValues {
  readonly #seen = new Set<string>();
  readonly #countMax: number;

  /** @param countMax values that keep their name, above 0 */
  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** The value, or `other` where so many came before it. */
  labelOf(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#countMax) return others;
    this.#seen.add(value);
    return value;
  }

  clear(): void {
    this.#seen.clear();
  }
}
