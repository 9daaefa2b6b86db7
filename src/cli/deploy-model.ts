import { InvalidArgumentError } from 'commander';
import { bundlesOf, loadDeployment, normsAt, orThrow, proveAgainst } from '../app/versions.ts';
import { readRegistryState } from '../app/worker/registry.ts';
import { Withdrawn } from '../app/worker/withdrawn.ts';
import { writeSmallFile } from '../app/write-small-file.ts';
import type { Config } from '../config/schema.ts';
import { failed, FailureError } from '../domain/failure.ts';
import { parseDeployment } from '../scoring/bundle-files.ts';
import type { Deployment } from '../wire/bundle-schema.ts';
import { decodeControl, deploymentKey, encodeControl, type ControlRecord } from '../wire/control-schema.ts';
import { readControl, writeControl } from './control-log.ts';
import { loadConfigOf } from './load-config.ts';

type BundleName = Deployment['champion'];

/** The options of the commands that say which model serves. */
export interface DeployOptions {
  readonly config?: string;
  /** Where it is said: for all members, on the control topic; or for those that read one file. The topic, where one is named. */
  readonly to?: 'topic' | 'file';
  readonly author?: string;
  readonly reason?: string;
}

/** Makes a bundle the champion: the one that is named, or the canary. It is proven first. Throws `FailureError`. */
export async function promote(bundle: BundleName | undefined, options: DeployOptions): Promise<void> {
  const { before, site } = await openSite(options);
  const champion = nameOf(bundle ?? (await canaryToPromote(before, site)));
  await prove([champion], before, site);
  const former = isSame(champion, before.champion) ? before.former : nameOf(before.champion);
  await write({ ...served(before, champion), ...(former === undefined ? {} : { former }) }, options, site);
}

/** Makes the champion before the last promotion the champion again, and takes a canary away. Throws `FailureError`. */
export async function rollBack(options: DeployOptions): Promise<void> {
  const { before, site } = await openSite(options);
  if (before.former === undefined) throw refused('it names no former champion; promote the one to go back to', site);
  await prove([before.former], before, site);
  await write({ ...served(before, before.former), former: nameOf(before.champion) }, options, site);
}

/** Gives a share of accounts to a bundle, which is a challenger no more. It is proven first. Throws `FailureError`. */
export async function seatCanary(bundle: BundleName, share: number, options: DeployOptions): Promise<void> {
  const { before, site } = await openSite(options);
  const canary = { ...nameOf(bundle), share };
  const next = { ...before, canary, challengers: without(before.challengers, bundle) };
  await checkRoles(next, before, site);
  await prove([bundle], before, site);
  await write(next, options, site);
}

/** Takes a whole deployment from a file: champion, canary, challengers. Its bundles are proven first. Throws `FailureError`. */
export async function deploy(file: string, options: DeployOptions): Promise<void> {
  const { before, site } = await openSite(options);
  const next = orThrow(await loadDeployment(file));
  await checkRoles(next, before, site);
  const known = bundlesOf(before);
  await prove(
    bundlesOf(next).filter((one) => !known.some((other) => isSame(one, other))),
    before,
    site,
  );
  const former = isSame(next.champion, before.champion) ? before.former : nameOf(before.champion);
  await write({ ...next, ...(former === undefined ? {} : { former }) }, options, site);
}

/** Takes the order on the control topic back: each member goes by its own file again. Throws `FailureError`. */
export async function withdraw({ config: configFile }: DeployOptions): Promise<void> {
  const config = loadConfigOf(configFile, process.env, []);
  const place = await writeControl(config, deploymentKey, null);
  process.stdout.write(
    `${deploymentKey}: taken back, in ${place}. Each member goes by its model.deploymentFile again.\n`,
  );
}

/** Prints which models are to serve, who said so and why, and which canaries were withdrawn here. Throws `FailureError`. */
export async function showDeployment(options: DeployOptions): Promise<void> {
  const { before, site } = await look(options);
  const { champion, canary, challengers, former, author, reason } = before;
  say('champion', `${champion.name} ${champion.version}`);
  if (canary !== null) say('canary', `${canary.name} ${canary.version}, ${canary.share * 100} % of accounts`);
  for (const { name, version } of challengers) say('challenger', `${name} ${version}`);
  if (former !== undefined) say('former', `${former.name} ${former.version}`);
  say(
    'said',
    `${site.isOrdered ? 'on the control topic' : `in ${site.place}`}, by ${author ?? 'nobody named'}: ${reason ?? 'no reason given'}`,
  );
  for (const { name, version, reason: why, at } of await withdrawalsOf(site))
    say('withdrawn', `${name} ${version} at ${at}: ${why}`);
}

/** Canaries that were withdrawn: what any member said on the topic, and what is written down here. */
async function withdrawalsOf({ config, said }: Site): Promise<Withdrawn['all']> {
  const withdrawn = await Withdrawn.open(config.model.deploymentFile, () => undefined);
  const told = [...said.values()].flatMap((record) => {
    if (record.kind !== 'withdrawal' || withdrawn.reasonOf(record.order) !== undefined) return [];
    const { name, version, author, reason, atMs } = record.order;
    return [{ name, version, reason: `${reason} (seen by ${author})`, at: new Date(atMs).toISOString() }];
  });
  return [...withdrawn.all, ...told];
}

function say(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(11)} ${text}\n`);
}

/** Where a deployment stands, and is written. */
interface Site {
  readonly config: Config;
  readonly isOrdered: boolean;
  readonly isToOrder: boolean;
  readonly place: string;
  /** What the control topic says, or the file that stands for it, by key. */
  readonly said: ReadonlyMap<string, ControlRecord>;
}

/** Looks at what is said now, by somebody who may say something else. */
async function openSite(options: DeployOptions): Promise<{ before: Deployment; site: Site }> {
  const looked = await look(options);
  const { isToOrder, config } = looked.site;
  if (!isToOrder && config.model.registry.url !== undefined)
    throw refused('the registry names the models: set its aliases, or order by kafka.topics.control', looked.site);
  if (isToOrder && (options.author === undefined || options.reason === undefined))
    throw new InvalidArgumentError('An order to all members needs --author and --reason.');
  return looked;
}

async function look({ config: configFile, to }: DeployOptions): Promise<{ before: Deployment; site: Site }> {
  const config = loadConfigOf(configFile, process.env, []);
  const { deploymentFile } = config.model;
  const { control: topic } = config.kafka.topics;
  const orders = topic ?? config.control.file;
  const said = orders === undefined ? new Map<string, ControlRecord>() : await readControl(config);
  const ordered = said.get(deploymentKey);
  const isToOrder = (to ?? (topic === undefined && ordered === undefined ? 'file' : 'topic')) === 'topic';
  if (ordered?.kind !== 'deployment') {
    const registered = config.model.registry.url === undefined ? null : await readRegistryState(config.model.directory);
    const before = registered?.deployment ?? orThrow(await loadDeployment(deploymentFile));
    const place = registered === null ? deploymentFile : 'the registry';
    return { before, site: { config, isOrdered: false, isToOrder, place, said } };
  }
  const site: Site = { config, isOrdered: true, isToOrder, place: `${deploymentKey} of ${orders}`, said };
  if (!isToOrder)
    throw refused('it holds, whatever a file says; take it back with `winnow model withdraw` first', site);
  return { before: ordered.order, site };
}

/** Refuses what each member would refuse, and what nobody can mean. Throws `FailureError`. */
async function checkRoles(next: Deployment, before: Deployment, site: Site): Promise<void> {
  const bundles = bundlesOf(next);
  const twice = bundles.find((one, at) => bundles.slice(0, at).some((other) => isSame(one, other)));
  if (twice !== undefined) throw refused(`${twice.name} ${twice.version} would have two roles; one is enough`, site);
  const { canary } = next;
  if (canary === null) return;
  if (before.canary !== null && isSame(before.canary, canary) && canary.share < before.canary.share)
    throw refused(`the share of a canary may only grow, and is ${before.canary.share}`, site);
  const withdrawn = await withdrawalOf(canary, site);
  if (withdrawn !== undefined) throw refused(`${withdrawn}. A mended bundle has another version`, site);
}

/** The canary, where somebody promotes whoever that is: one that was withdrawn is one by name only. Throws `FailureError`. */
async function canaryToPromote({ canary }: Deployment, site: Site): Promise<BundleName> {
  if (canary === null) throw refused('there is no canary; name the bundle to promote', site);
  const withdrawn = await withdrawalOf(canary, site);
  if (withdrawn !== undefined) throw refused(`${withdrawn}. Name it to promote it all the same`, site);
  return canary;
}

/** That a bundle was withdrawn, and why; undefined where it was not. */
async function withdrawalOf(bundle: BundleName, site: Site): Promise<string | undefined> {
  const found = (await withdrawalsOf(site)).find((one) => isSame(one, bundle));
  return found && `${bundle.name} ${bundle.version} was withdrawn: ${found.reason}`;
}

async function prove(bundles: readonly BundleName[], { champion }: Deployment, { config }: Site): Promise<void> {
  const { directory: folder, proof: limits } = config.model;
  const against = { folder, name: champion.name, version: champion.version };
  const norms = await normsAt(config.norms.file);
  for (const { name, version } of bundles)
    orThrow(await proveAgainst({ folder, name, version }, { limits, against, norms }));
}

/** Writes it where it belongs, with who says so and why; what it would be is read as the processor reads it first. */
async function write(deployment: Deployment, { author, reason }: DeployOptions, site: Site): Promise<void> {
  const { author: _, reason: __, ...whatOnly } = deployment;
  const said = {
    ...whatOnly,
    ...(author === undefined ? {} : { author }),
    ...(reason === undefined ? {} : { reason }),
  };
  const place = site.isToOrder ? await order(said, site) : await replace(said, site.config.model.deploymentFile);
  const { champion, canary } = deployment;
  const beside =
    canary === null ? '' : `, and ${canary.name} ${canary.version} for ${canary.share * 100} % of accounts`;
  process.stdout.write(`The deployment names ${champion.name} ${champion.version}${beside}, in ${place}.\n`);
}

async function order(deployment: Deployment, { config }: Site): Promise<string> {
  const { key, value } = encodeControl({ kind: 'deployment', order: deployment });
  const read = decodeControl(key, Buffer.from(value));
  if (read?.ok === false) throw new FailureError(read.failure);
  return writeControl(config, key, value);
}

/** Replaces the file as a whole. */
async function replace(deployment: Deployment, deploymentFile: string): Promise<string> {
  const text = `${JSON.stringify(deployment, null, 2)}\n`;
  orThrow(parseDeployment(Buffer.from(text), deploymentFile));
  try {
    await writeSmallFile(deploymentFile, text);
    return deploymentFile;
  } catch (error) {
    const failure = {
      code: 'OUTPUT_UNWRITABLE',
      message: `${(error as Error).message}.`,
      path: deploymentFile,
    } as const;
    throw new FailureError(failure, { cause: error });
  }
}

/** A deployment with another champion, without a canary and without who was champion before. */
function served({ schema, challengers }: Deployment, champion: BundleName): Deployment {
  return { schema, champion, challengers: without(challengers, champion), canary: null };
}

function without(bundles: readonly BundleName[], bundle: BundleName): BundleName[] {
  return bundles.filter((one) => !isSame(one, bundle));
}

function nameOf({ name, version }: BundleName): BundleName {
  return { name, version };
}

function isSame(first: BundleName, second: BundleName): boolean {
  return first.name === second.name && first.version === second.version;
}

function refused(message: string, { place }: Site): FailureError {
  return new FailureError(failed('DEPLOYMENT_INVALID', `${message}.`, place).failure);
}
