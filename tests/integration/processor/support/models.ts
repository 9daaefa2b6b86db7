import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Deployment, Manifest } from '../../../../src/wire/bundle-schema.ts';
import { replaceFile, temporaryDirectory } from './files.ts';

const shipped = fileURLToPath(new URL('../../../../models/', import.meta.url));

type FileName = keyof Manifest['files'];

/** What is done to a copied bundle. Files that it gives are written; the manifest names their hashes unless it is `stale`. */
export interface Edit {
  readonly files?: Partial<Record<FileName, (bytes: Buffer) => Buffer>>;
  /** Leaves the old hashes in the manifest, as if a copy had gone wrong. */
  readonly stale?: boolean;
  readonly manifest?: (manifest: Manifest) => Manifest;
}

/** A copy of the shipped models, to which versions can be added and whose deployment can be changed. */
export class Models {
  readonly directory: string;
  readonly champion: Deployment['champion'];

  private constructor(directory: string, { champion }: Deployment) {
    this.directory = directory;
    this.champion = champion;
  }

  static async copy(): Promise<Models> {
    const directory = await temporaryDirectory();
    const deployment = JSON.parse(await readFile(join(shipped, 'deployment.json'), 'utf8')) as Deployment;
    const { name, version } = deployment.champion;
    await cp(join(shipped, name, version), join(directory, name, version), { recursive: true });
    const models = new Models(directory, deployment);
    await models.deploy(version);
    return models;
  }

  get deploymentFile(): string {
    return join(this.directory, 'deployment.json');
  }

  get variables(): Record<string, string> {
    return { WINNOW_MODEL_DIRECTORY: this.directory, WINNOW_MODEL_DEPLOYMENT_FILE: this.deploymentFile };
  }

  /** Makes a version of the champion the champion, as an operator does it: by an atomic rename. */
  async deploy(version: string): Promise<void> {
    const deployment: Deployment = {
      schema: 'winnow.deployment/1',
      champion: { name: this.champion.name, version },
      challengers: [],
      canary: null,
    };
    await replaceFile(this.deploymentFile, JSON.stringify(deployment));
  }

  /** Adds a version that is the champion with these edits. */
  async add(
    version: string,
    { files = {}, stale = false, manifest: edited = (same) => same }: Edit = {},
  ): Promise<void> {
    const folder = join(this.directory, this.champion.name, version);
    await cp(join(this.directory, this.champion.name, this.champion.version), folder, { recursive: true });
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    const hashes: Manifest['files'] = { ...manifest.files };
    for (const [name, edit] of Object.entries(files) as [FileName, (bytes: Buffer) => Buffer][]) {
      const bytes = edit(await readFile(join(folder, name)));
      await writeFile(join(folder, name), bytes);
      if (!stale) hashes[name] = { sha256: createHash('sha256').update(bytes).digest('hex') };
    }
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(edited({ ...manifest, version, files: hashes })));
  }
}

/**
 * The same model with another hash: a `doc_string` (field 6, a string) at the end of the ONNX file, where protobuf allows any
 * field in any order.
 */
export const annotated = annotatedBy('the same model again');

/** Another hash for each text, of less than 128 bytes. */
export function annotatedBy(words: string): (model: Buffer) => Buffer {
  const text = Buffer.from(words);
  return (model) => Buffer.concat([model, Buffer.from([(6 << 3) | 2, text.length]), text]);
}

/** One bit is another one. */
export function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = copy[middle]! ^ 1;
  return copy;
}
