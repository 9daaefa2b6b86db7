import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { MlflowRegistry, RegisteredVersion } from '../../adapters/mlflow/registry.ts';
import { failed, FailureError, type Failure } from '../../domain/failure.ts';
import { parseManifest } from '../../scoring/bundle-files.ts';
import type { Telemetry } from '../../telemetry.ts';
import { deploymentSchema, type Deployment, type Manifest } from '../../wire/bundle-schema.ts';
import { writeSmallFile } from '../write-small-file.ts';
import { orThrow } from '../versions.ts';

type BundleName = Deployment['champion'];

export interface RegistryOptions {
  readonly registry: Pick<MlflowRegistry, 'versionOf' | 'download'>;
  /** The registered model, for who reads why it serves. */
  readonly model: string;
  readonly aliases: { readonly champion: string; readonly challenger: string };
  /** Where bundles are kept, as `<name>/<version>/`, and what the registry said last, in `registry.json`. */
  readonly directory: string;
  /** Of all files of a bundle together. */
  readonly bytesMax: number;
  readonly pollMs: number;
  readonly telemetry: Pick<Telemetry, 'registryLooked'>;
  /** Told what the registry names, as soon as its bundles are here. */
  readonly onDeployment: (deployment: Deployment) => void;
  /** Whether a bundle serves here, or somebody has ordered it: such a one is not deleted. */
  readonly isInUse: (bundle: BundleName) => boolean;
}

/**
 * Bundles from the registry that are kept; of more, those that came longest ago are deleted, unless they are in use. Those that somebody copied
 * here stay.
 */
const fetchedMax = 16;
/** Together with those in use: what the registry names, and what sits on a panel or is ordered, some ten each. */
const keptMax = 64;

/** How many times longer than usual it waits at most, while what the registry names cannot be used. */
const pausesMax = 16;
const stateFile = 'registry.json';
const bundleName = deploymentSchema.shape.champion;
const stateSchema = z.object({ deployment: deploymentSchema, fetched: z.array(bundleName).max(keptMax) });

type RegistryState = z.output<typeof stateSchema>;

/** What the registry said last; null where nothing is known, or somebody wrote into it: it will say it again. */
export async function readRegistryState(directory: string): Promise<RegistryState | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(join(directory, stateFile), 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Makes a deployment of what two aliases of a registry name: the champion, and a challenger that is watched. Their bundles are copied into
 * the folder of models first, whole or not at all; they are proven like any other before one serves.
 *
 * What the registry said last is on disk: where it does not answer, or names what cannot be taken, what serves goes on serving,
 * through restarts too.
 */
export class RegistryFollower {
  readonly #options: RegistryOptions;
  readonly #closing = new AbortController();
  readonly #stateFile: string;
  #deployment: Deployment | null = null;
  #fetched: readonly BundleName[] = [];
  /** By alias, the version that was taken last: it is not asked for again. */
  readonly #taken = new Map<string, { readonly version: string; readonly bundle: BundleName }>();
  #failure: Failure | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#stateFile = join(options.directory, stateFile);
  }

  /** What the registry said before this process began; null where nothing is known. */
  async restore(): Promise<Deployment | null> {
    const state = await readRegistryState(this.#options.directory);
    this.#deployment = state?.deployment ?? null;
    this.#fetched = state?.fetched ?? [];
    return this.#deployment;
  }

  /** Begins to look. */
  start(): void {
    this.#loop = this.#follow();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** A sentence for who asks whether all is as it was meant to be. */
  notes(): readonly string[] {
    if (this.#failure === null) return [];
    return [`The registry of models (${this.#failure.code}) is of no use now; what it said before holds on.`];
  }

  /** Looks once. */
  async look(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const champion = await this.#bundleOf('champion', signal);
      if (champion === null) throw new FailureError(unset(this.#options.aliases.champion));
      let failure: Failure | null = null;
      const challenger = await this.#bundleOf('challenger', signal).catch((error: unknown) => {
        // What is only watched keeps nobody from being promoted.
        failure = this.#failureOf(error);
        return this.#taken.get('challenger') ?? null;
      });
      await this.#take(champion, challenger);
      this.#tell(failure);
    } catch (error) {
      if (!signal.aborted) this.#tell(this.#failureOf(error));
    }
  }

  #failureOf(error: unknown): Failure {
    if (error instanceof FailureError) return error.failure;
    return failed('OUTPUT_UNWRITABLE', `${(error as Error).message}.`, this.#options.directory).failure;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    const { pollMs } = this.#options;
    let pauseMs = pollMs;
    while (!signal.aborted) {
      await this.look();
      // What cannot be used is not downloaded every minute: somebody has to mend it first.
      const isToMend = this.#failure !== null && this.#failure.code !== 'REGISTRY_UNAVAILABLE';
      pauseMs = isToMend ? Math.min(pauseMs * 2, pollMs * pausesMax) : pollMs;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #tell(failure: Failure | null): void {
    this.#failure = failure;
    this.#options.telemetry.registryLooked(failure);
  }

  async #take(champion: Taken, challenger: Taken | null): Promise<void> {
    const challengers = challenger === null || isSame(challenger.bundle, champion.bundle) ? [] : [challenger.bundle];
    const reason = `version ${champion.version} of ${this.#options.model} in the registry`;
    const next: Deployment = {
      schema: 'winnow.deployment/1',
      champion: champion.bundle,
      challengers,
      canary: null,
      reason,
    };
    if (JSON.stringify(next) === JSON.stringify(this.#deployment)) return;
    this.#deployment = next;
    this.#options.onDeployment(next);
    await this.#keep();
  }

  /** Writes down what is known, and deletes what is more than is kept. */
  async #keep(): Promise<void> {
    const { directory, isInUse } = this.#options;
    const named = [this.#deployment!.champion, ...this.#deployment!.challengers];
    const old = this.#fetched
      .slice(0, -fetchedMax)
      .filter((one) => !named.some((other) => isSame(one, other)) && !isInUse(one));
    this.#fetched = this.#fetched.filter((one) => !old.includes(one));
    const state = { deployment: this.#deployment, fetched: this.#fetched };
    await writeSmallFile(this.#stateFile, `${JSON.stringify(state, null, 2)}\n`);
    for (const { name, version } of old) await rm(join(directory, name, version), { recursive: true, force: true });
  }

  async #bundleOf(role: 'champion' | 'challenger', signal: AbortSignal): Promise<Taken | null> {
    const { registry, aliases } = this.#options;
    const registered = await registry.versionOf(aliases[role], signal);
    if (registered === null) return null;
    const before = this.#taken.get(role);
    if (before?.version === registered.version && (await this.#isKept(before.bundle))) return before;
    const taken = { version: registered.version, bundle: await this.#fetch(registered, signal) };
    this.#taken.set(role, taken);
    return taken;
  }

  async #isKept({ name, version }: BundleName): Promise<boolean> {
    const file = join(this.#options.directory, name, version, manifestFile);
    return access(file).then(
      () => true,
      () => false,
    );
  }

  /** Copies a bundle, unless it is here. */
  async #fetch(registered: RegisteredVersion, signal: AbortSignal): Promise<BundleName> {
    const { registry, directory, bytesMax } = this.#options;
    let leftBytes = bytesMax;
    const download = async (file: string): Promise<Uint8Array> => {
      const bytes = await registry.download(registered, file, leftBytes, signal);
      leftBytes -= bytes.length;
      return bytes;
    };
    const manifestBytes = await download(manifestFile);
    const manifest = orThrow(parseManifest(manifestBytes, `${manifestFile} of version ${registered.version}`));
    const bundle = { name: manifest.name, version: manifest.version };
    const folder = join(directory, bundle.name, bundle.version);
    if (await isHere(folder, manifestBytes, bundle)) return bundle;
    const draft = join(directory, `.registry-${process.pid}`);
    await rm(draft, { recursive: true, force: true });
    try {
      await mkdir(draft, { recursive: true });
      await writeFile(join(draft, manifestFile), manifestBytes);
      for (const [file, hash] of filesOf(manifest))
        await writeFile(join(draft, file), hashed(await download(file), hash, file));
      await mkdir(join(directory, bundle.name), { recursive: true });
      await rename(draft, folder).catch(async (error: unknown) => {
        // Another process of this machine was faster.
        if (!(await isHere(folder, manifestBytes, bundle))) throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    this.#fetched = [...this.#fetched, bundle];
    return bundle;
  }
}

interface Taken {
  readonly version: string;
  readonly bundle: BundleName;
}

const manifestFile = 'manifest.json';

function filesOf({ files }: Manifest): readonly (readonly [file: string, sha256: string])[] {
  return Object.entries(files).flatMap(([file, described]) =>
    described === undefined ? [] : [[file, described.sha256]],
  );
}

function hashed(bytes: Uint8Array, sha256: string, file: string): Uint8Array {
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new FailureError(failed('BUNDLE_HASH', 'its SHA-256 is not the one in the manifest.', file).failure);
}

/** Whether the very bundle is here. Another one of its name and version is never replaced. */
async function isHere(folder: string, manifest: Uint8Array, { name, version }: BundleName): Promise<boolean> {
  const here = await readFile(join(folder, manifestFile)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (here === null) return false;
  if (here.equals(manifest)) return true;
  const message = `the folder of models has another ${name} ${version}.`;
  throw new FailureError(failed('BUNDLE_VERSION_TAKEN', message, `${name}/${version}`).failure);
}

function isSame(first: BundleName, second: BundleName): boolean {
  return first.name === second.name && first.version === second.version;
}

function unset(alias: string): Failure {
  return failed('REGISTRY_REFUSED', `the model has no alias ${alias}.`).failure;
}
