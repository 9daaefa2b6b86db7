import { createHash } from 'node:crypto';
import type { Result } from '../../domain/failure.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import { deploymentKey } from '../../wire/control-schema.ts';
import { fingerprint, loadDeployment } from '../versions.ts';

/** Which deployment holds: the one that was ordered of all members, while there is one; else that of this member's file. */
export class DeploymentInForce {
  readonly #file: string;
  #ordered: Deployment | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param deployment null: the order was taken back. */
  order(deployment: Deployment | null): void {
    this.#ordered = deployment;
  }

  get isOrdered(): boolean {
    return this.#ordered !== null;
  }

  /** Where it stands, for who is told that it is refused. */
  get place(): string {
    return this.#ordered === null ? this.#file : `${deploymentKey} of the control topic`;
  }

  async load(): Promise<Result<Deployment>> {
    return this.#ordered === null ? loadDeployment(this.#file) : { ok: true, value: this.#ordered };
  }

  /** Another text tells that it is another one; null when it cannot be read. */
  async fingerprint(): Promise<string | null> {
    if (this.#ordered === null) return fingerprint(this.#file);
    return createHash('sha256').update(JSON.stringify(this.#ordered)).digest('hex');
  }
}
