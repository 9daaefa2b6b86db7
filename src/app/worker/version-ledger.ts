/** Versions that are remembered; of more, those seen longest ago are forgotten. */
const versionsMax = 256;

/**
 * Which content each version had. A version names one document, or a decision that names it would not say what it was decided by.
 */
export class VersionLedger {
  readonly #hashes = new Map<string, string>();

  /** Whether the version has been of another content. */
  isTaken(version: string, sha256: string): boolean {
    const known = this.#hashes.get(version);
    return known !== undefined && known !== sha256;
  }

  record(version: string, sha256: string): void {
    this.#hashes.delete(version);
    this.#hashes.set(version, sha256);
    if (this.#hashes.size > versionsMax) this.#hashes.delete(this.#hashes.keys().next().value!);
  }
}
