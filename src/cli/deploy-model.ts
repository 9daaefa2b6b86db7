import { loadDeployment, orThrow, proveAgainst } from '../app/versions.ts';
import { writeSmallFile } from '../app/write-small-file.ts';
import type { Config } from '../config/schema.ts';
import { failed, FailureError } from '../domain/failure.ts';
import { parseDeployment } from '../scoring/bundle-files.ts';
import type { Deployment } from '../wire/bundle-schema.ts';
import { loadConfigOf } from './load-config.ts';

type BundleName = Deployment['champion'];

export interface DeployOptions {
  readonly config?: string;
}

/** Makes a bundle the champion: the one that is named, or the canary. It is proven first. */
export async function promote(bundle: BundleName | undefined, { config }: DeployOptions): Promise<void> {
  const { model } = loadConfigOf(config, process.env, []);
  const before = orThrow(await loadDeployment(model.deploymentFile));
  const next = bundle ?? before.canary;
  if (next === null) throw refused('there is no canary; name the bundle to promote', model);
  await prove(next, before, model);
  const champion = nameOf(next);
  const challengers = before.challengers.filter((one) => !isSame(one, champion));
  const former = isSame(champion, before.champion) ? before.former : nameOf(before.champion);
  await write({ ...plain(before), champion, challengers, ...(former === undefined ? {} : { former }) }, model);
}

/** Makes the champion before the last promotion the champion again, and takes a canary away. */
export async function rollBack({ config }: DeployOptions): Promise<void> {
  const { model } = loadConfigOf(config, process.env, []);
  const before = orThrow(await loadDeployment(model.deploymentFile));
  if (before.former === undefined) throw refused('it names no former champion; promote the one to go back to', model);
  await prove(before.former, before, model);
  await write({ ...plain(before), champion: before.former, former: nameOf(before.champion) }, model);
}

/** Gives a share of accounts to a bundle. It is proven first. */
export async function seatCanary(bundle: BundleName, share: number, { config }: DeployOptions): Promise<void> {
  const { model } = loadConfigOf(config, process.env, []);
  const before = orThrow(await loadDeployment(model.deploymentFile));
  if (before.canary !== null && isSame(before.canary, bundle) && share < before.canary.share)
    throw refused(`the share of a canary may only grow, and is ${before.canary.share}`, model);
  await prove(bundle, before, model);
  await write({ ...before, canary: { ...nameOf(bundle), share } }, model);
}

async function prove({ name, version }: BundleName, { champion }: Deployment, model: Config['model']): Promise<void> {
  const folder = model.directory;
  const against = { folder, name: champion.name, version: champion.version };
  orThrow(await proveAgainst({ folder, name, version }, { limits: model.proof, against }));
}

/** Replaces the file as a whole; what it would be is read as the processor reads it first. */
async function write(deployment: Deployment, { deploymentFile }: Config['model']): Promise<void> {
  const text = `${JSON.stringify(deployment, null, 2)}\n`;
  orThrow(parseDeployment(Buffer.from(text), deploymentFile));
  try {
    await writeSmallFile(deploymentFile, text);
  } catch (error) {
    const failure = {
      code: 'OUTPUT_UNWRITABLE',
      message: `${(error as Error).message}.`,
      path: deploymentFile,
    } as const;
    throw new FailureError(failure, { cause: error });
  }
  const { champion, canary } = deployment;
  const beside =
    canary === null ? '' : `, and ${canary.name} ${canary.version} for ${canary.share * 100} % of accounts`;
  process.stdout.write(`The deployment names ${champion.name} ${champion.version}${beside}.\n`);
}

/** A deployment without a canary and without who was champion before. */
function plain({ schema, champion, challengers }: Deployment): Deployment {
  return { schema, champion, challengers, canary: null };
}

function nameOf({ name, version }: BundleName): BundleName {
  return { name, version };
}

function isSame(first: BundleName, second: BundleName): boolean {
  return first.name === second.name && first.version === second.version;
}

function refused(message: string, { deploymentFile }: Config['model']): FailureError {
  return new FailureError(failed('DEPLOYMENT_INVALID', `${message}.`, deploymentFile).failure);
}
