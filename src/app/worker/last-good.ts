import type { ModelReference } from '../../domain/decision.ts';
import type { Result } from '../../domain/failure.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import { loadDeployment } from '../versions.ts';
import { writeSmallFile } from '../write-small-file.ts';

/**
 * The last champion that scored, on disk beside the deployment file: what a start falls back to when the deployment names a bundle
 * that is refused. It is a deployment itself, of a few hundred bytes, so that it can be put back by hand.
 */
export class LastGood {
  readonly #file: string;
  readonly #unwritable: (error: Error) => void;
  #recorded: Pick<ModelReference, 'name' | 'version'> | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param unwritable told when it cannot be written; the processor goes on without. */
  constructor(deploymentFile: string, unwritable: (error: Error) => void) {
    this.#file = `${deploymentFile}.last-good`;
    this.#unwritable = unwritable;
  }

  async read(): Promise<Result<Deployment['champion']>> {
    const deployment = await loadDeployment(this.#file);
    return deployment.ok ? { ok: true, value: deployment.value.champion } : deployment;
  }

  /** Told of each champion that scored, as often as one likes: what is recorded is not written again. */
  record({ name, version }: Pick<ModelReference, 'name' | 'version'>): void {
    if (this.#recorded?.name === name && this.#recorded.version === version) return;
    const champion = { name, version };
    this.#recorded = champion;
    const deployment: Deployment = { schema: 'winnow.deployment/1', champion, challengers: [], canary: null };
    const text = `${JSON.stringify(deployment, null, 2)}\n`;
    this.#writing = this.#writing.then(() => writeSmallFile(this.#file, text)).catch(this.#unwritable);
  }

  /** Resolves when all is written. */
  written(): Promise<void> {
    return this.#writing;
  }
}
