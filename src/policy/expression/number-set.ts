/** The numbers that something can be. */
export interface NumberDomain {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  /** Whether it is kept in single precision, as features are: it is then never 0.45. */
  readonly isSingle: boolean;
}

/** What is left of a domain by comparisons. */
export class NumberSet {
  readonly #domain: NumberDomain;
  #least: number;
  #most: number;
  /** Whether the end itself is left out. */
  #isAboveLeast = false;
  #isBelowMost = false;
  readonly #excluded = new Set<number>();

  constructor(domain: NumberDomain) {
    this.#domain = domain;
    this.#least = domain.least;
    this.#most = domain.most;
  }

  above(value: number, isOpen: boolean): void {
    if (value < this.#least || (value === this.#least && !isOpen)) return;
    this.#least = value;
    this.#isAboveLeast = isOpen;
  }

  below(value: number, isOpen: boolean): void {
    if (value > this.#most || (value === this.#most && !isOpen)) return;
    this.#most = value;
    this.#isBelowMost = isOpen;
  }

  except(value: number): void {
    this.#excluded.add(value);
  }

  get isEmpty(): boolean {
    if (this.#least > this.#most) return true;
    if (this.#domain.isWhole) return this.#hasNoWhole();
    if (this.#least < this.#most) return false;
    return this.#isAboveLeast || this.#isBelowMost || !this.#mayBe(this.#least);
  }

  #hasNoWhole(): boolean {
    const first = this.#isAboveLeast ? Math.floor(this.#least) + 1 : Math.ceil(this.#least);
    const last = this.#isBelowMost ? Math.ceil(this.#most) - 1 : Math.floor(this.#most);
    // More numbers than are left out: one of them is left.
    if (last - first >= this.#excluded.size) return false;
    for (let value = first; value <= last; value++) if (this.#mayBe(value)) return false;
    return true;
  }

  #mayBe(value: number): boolean {
    return !this.#excluded.has(value) && (!this.#domain.isSingle || Math.fround(value) === value);
  }
}
