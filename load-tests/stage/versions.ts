import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadDeployment,
  orThrow,
} from '../../src/app/versions.ts';
import type { Deployment, Manifest } from '../../src/wire/bundle-schema.ts';

/** A copy of the shipped model under two versions, and of the shipped policy, that a running processor watches. */
export class Versions {
  readonly variables: Readonly<Record<string, string>>;
  readonly #directory: string;
  readonly #champions: readonly Deployment['champion'][];
  readonly #policy: string;
  #swaps = 0;

  static async copy(): Promise<Versions> {
    const directory = await mkdtemp(join(tmpdir(), 'winnow-load-versions-'));
    const { champion } = orThrow(await loadDeployment(defaultDeploymentFile));
    const other = { ...champion, version: `${champion.version}-again` };
    const shipped = join(defaultModelFolder, champion.name, champion.version);
    await cp(shipped, join(directory, champion.name, champion.version), { recursive: true });
    await copyBundle(shipped, join(directory, champion.name, other.version), other.version);
    const versions = new Versions(directory, [champion, other], await readFile(defaultPolicyFile, 'utf8'));
    await versions.#write();
    return versions;
  }

  private constructor(directory: string, champions: readonly Deployment['champion'][], policy: string) {
    this.#directory = directory;
    this.#champions = champions;
    this.#policy = policy;
    this.variables = {
      WINNOW_MODEL_DIRECTORY: directory,
      WINNOW_MODEL_DEPLOYMENT_FILE: join(directory, 'deployment.json'),
      WINNOW_MODEL_POLL_MS: '200',
      WINNOW_POLICY_FILE: join(directory, 'policy.yaml'),
      WINNOW_POLICY_POLL_MS: '200',
    };
  }

  /** Puts the other model and another version of the policy in place, as an operator does it. Returns what decisions will name. */
  async swap(): Promise<string> {
    this.#swaps += 1;
    await this.#write();
    return `${this.#champions[this.#swaps % 2]!.version}, policy ${this.#policyVersion}`;
  }

  remove(): Promise<void> {
    return rm(this.#directory, { recursive: true });
  }

  get #policyVersion(): string {
    return `load-${this.#swaps}`;
  }

  async #write(): Promise<void> {
    const deployment: Deployment = {
      schema: 'winnow.deployment/1',
      champion: this.#champions[this.#swaps % 2]!,
      challengers: [],
      canary: null,
    };
    const policy = this.#policy.replace(/^version: '.+'$/m, `version: '${this.#policyVersion}'`);
    await replace(join(this.#directory, 'deployment.json'), JSON.stringify(deployment));
    await replace(join(this.#directory, 'policy.yaml'), policy);
  }
}

/** A bundle as another one of the same size and with the same scores: a text at the end of its graph gives it another hash. */
export async function copyBundle(from: string, to: string, version: string): Promise<void> {
  await cp(from, to, { recursive: true });
  const docString = Buffer.from([(6 << 3) | 2, 5, ...Buffer.from('again')]);
  const model = Buffer.concat([await readFile(join(to, 'model.onnx')), docString]);
  await writeFile(join(to, 'model.onnx'), model);
  const manifest = JSON.parse(await readFile(join(to, 'manifest.json'), 'utf8')) as Manifest;
  const files = { ...manifest.files, 'model.onnx': { sha256: createHash('sha256').update(model).digest('hex') } };
  await writeFile(join(to, 'manifest.json'), JSON.stringify({ ...manifest, version, files }));
}

/** At once: nobody sees half of it. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
