import { createHash } from 'node:crypto';
import type { Result } from '../../domain/failure.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import { deploymentKey } from '../../wire/control-schema.ts';
import { bundlesOf, fingerprint, loadDeployment } from '../versions.ts';

/** Which deployment holds: the one that was ordered of all members, while there is one; else that of the registry; else that of the file. */
export class DeploymentInForce {
  readonly #file: string;
  #ordered: Deployment | null = null;
  #registered: Deployment | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param deployment null: the order was taken back. */
  order(deployment: Deployment | null): void {
    this.#ordered = deployment;
  }

  /** What the registry names. */
  register(deployment: Deployment): void {
    this.#registered = deployment;
  }

  /** Whether the order names a bundle, in whatever role. */
  orders({ name, version }: Deployment['champion']): boolean {
    if (this.#ordered === null) return false;
    const { former } = this.#ordered;
    const named = [...bundlesOf(this.#ordered), ...(former === undefined ? [] : [former])];
    return named.some((one) => one.name === name && one.version === version);
  }

  get isOrdered(): boolean {
    return this.#ordered !== null;
  }

  /** Where it stands, for who is told that it is refused. */
  get place(): string {
    if (this.#ordered !== null) return `${deploymentKey} of the control topic`;
    return this.#registered === null ? this.#file : 'the registry';
  }

  async load(): Promise<Result<Deployment>> {
    const said = this.#ordered ?? this.#registered;
    return said === null ? loadDeployment(this.#file) : { ok: true, value: said };
  }

  /** Another text tells that it is another one; null when it cannot be read. */
  async fingerprint(): Promise<string | null> {
    const said = this.#ordered ?? this.#registered;
    if (said === null) return fingerprint(this.#file);
    return createHash('sha256').update(JSON.stringify(said)).digest('hex');
  }
}
