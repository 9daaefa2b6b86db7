import { hostname } from 'node:os';
import { MlflowRegistry } from '../../adapters/mlflow/registry.ts';
import type { Logger } from '../../adapters/log/logger.ts';
import type { Config } from '../../config/schema.ts';
import type { Withdrawal } from '../../domain/control.ts';
import type { ModelReference } from '../../domain/decision.ts';
import { success, type Failure, type Result } from '../../domain/failure.ts';
import type { Clock } from '../../ports.ts';
import { ModelSlot } from '../../scoring/model-slot.ts';
import { Panel } from '../../scoring/panel.ts';
import type { RollbackRules } from '../../scoring/rollback.ts';
import type { ServedModel } from '../../scoring/served-model.ts';
import type { Telemetry } from '../../telemetry.ts';
import {
  bundlesFingerprint,
  defaultPolicyFile,
  fingerprint,
  loadPolicyFile,
  loadProven,
  orThrow,
  type ProvingOptions,
} from '../versions.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import { parseTime } from '../../wire/time.ts';
import { ProofMemory } from '../proof/proof-memory.ts';
import type { NormsAt } from '../proof/prove-bundle.ts';
import { DeploymentInForce } from './deployment-in-force.ts';
import { LastGood } from './last-good.ts';
import { isOf, isSeated, membersOf, PanelReloader } from './panel-reload.ts';
import type { Reloaded } from './refusals.ts';
import { RegistryFollower, type RegistryOptions } from './registry.ts';
import { NormsSlot, PolicySlot, watchFile, type Watch } from './reload.ts';
import { Withdrawn } from './withdrawn.ts';

/** What batches are decided with now. */
export interface VersionsInForce {
  readonly panel: Panel;
  readonly policy: PolicySlot;
  readonly norms: NormsSlot;
  /** Takes a deployment that was ordered of all members, at the next look; null: the order was taken back, and the file counts. */
  order(deployment: Deployment | null): void;
  /** Takes a canary off the panel that another member withdrew, from the next batch on, and remembers it. */
  withdraw(withdrawal: Withdrawal): void;
  /** Canaries that are withdrawn here, as far as they are remembered; by whichever member saw it, in the name of this one. */
  withdrawals(): readonly Withdrawal[];
  /** Takes what was ordered by now: before the first event, so that a restart does not serve what the file says meanwhile. */
  obey(): Promise<void>;
  /** Sentences for who asks whether the processor is ready: what serves is not what the deployment names. */
  notes(): readonly string[];
  /** Ends the watching of files; then frees the model. */
  close(): Promise<void>;
}

/**
 * Loads policy, norms and champion, and takes them anew whenever their files change. A champion that is refused leaves the last good one,
 * where one is known. Throws `FailureError` when one is refused and there is no other.
 * @param onWithdrawn told of a canary that was withdrawn by what was seen here: the other members are to know.
 */
export async function openVersions(
  config: Config,
  telemetry: Telemetry,
  clock: Clock,
  logger: Pick<Logger, 'warn'>,
  onWithdrawn: (withdrawal: Withdrawal) => void = () => undefined,
): Promise<VersionsInForce> {
  const policyFile = config.policy.file ?? defaultPolicyFile;
  const { directory, deploymentFile } = config.model;
  const normsFile = config.norms.file;
  const deployment = new DeploymentInForce(deploymentFile);
  const registry = registryOf(config, telemetry, {
    onDeployment: (registered) => deployment.register(registered),
    isInUse: (bundle) => deployment.orders(bundle) || isSeated(panel, bundle),
  });
  const registered = (await registry?.restore()) ?? null;
  if (registered !== null) deployment.register(registered);
  const known = {
    policy: await fingerprint(policyFile),
    deployment: await deployment.fingerprint(),
    norms: normsFile === undefined ? null : await fingerprint(normsFile),
    withdrawn: await fingerprint(Withdrawn.fileOf(deploymentFile)),
  };
  const policy = new PolicySlot(orThrow(await loadPolicyFile(policyFile)));
  const norms = new NormsSlot();
  // Without them the score blocks nobody: there is no need to refuse the start, and every need to say so.
  const areNormsTaken = normsFile !== undefined && (await norms.reload(normsFile, telemetry)) === 'taken';
  const ending = new AbortController();
  const proving: ProvingOptions = { limits: config.model.proof, signal: ending.signal };
  const lastGood = new LastGood(deploymentFile, (error) =>
    logger.warn('The last good champion cannot be written down: a start with a bad one would have no other.', {
      error,
    }),
  );
  const normsInForce = (): NormsAt | null =>
    normsFile === undefined || norms.current === null ? null : { file: normsFile, sha256: norms.current.sha256 };
  const secret = config.state.keySecret?.reveal();
  const remembering = secret === undefined ? proving : { ...proving, memory: new ProofMemory(deploymentFile, secret) };
  const first = orThrow(await firstChampion(directory, deployment, lastGood, remembering, normsInForce()));
  let fellBackTo: Pick<ModelReference, 'name' | 'version'> | null = first.refusal && first.champion.reference;
  const withdrawn = await Withdrawn.open(deploymentFile, (error) =>
    logger.warn('A withdrawn canary cannot be written down: a restart would seat it again.', { error }),
  );
  const slots = { ...config.model, clock, telemetry };
  const champion = new ModelSlot(
    first.champion,
    {
      ...slots,
      telemetry: tellingOf(telemetry, (name, version) => (fellBackTo = { name, version })),
      onScored: (reference) => lastGood.record(reference),
    },
    first.former,
  );
  const panel = new Panel(champion, {
    rollback: rulesOf(config.model.canary),
    onWithdrawn: ({ name: canary, version: itsVersion }, reason) => {
      const withdrawal = { name: canary, version: itsVersion, author: hostname(), reason, atMs: clock.nowMs() };
      withdrawn.add(withdrawal, reason, withdrawal.atMs);
      tellWithdrawn(withdrawal);
      onWithdrawn(withdrawal);
    },
  });
  const tellWithdrawn = ({
    name: canary,
    version: itsVersion,
    reason,
  }: Withdrawn['all'][number] | Withdrawal): void => {
    telemetry.canaryWithdrawn(canary, itsVersion, reason);
    telemetry.panelSeated(membersOf(panel).filter(({ role }) => role !== 'canary'));
  };
  /** One that another member withdrew. It may sit here no more, or not yet. */
  const follow = async (withdrawal: Withdrawn['all'][number] | Withdrawal): Promise<void> => {
    const isSeatedHere = panel.canary !== null && isOf(panel.canary.slot, withdrawal);
    await panel.withdraw(withdrawal);
    if (isSeatedHere) tellWithdrawn(withdrawal);
  };
  const reloader = new PanelReloader(panel, {
    modelFolder: directory,
    deployment,
    telemetry,
    proving,
    norms: normsInForce,
    slots: { ...slots, failuresMax: Infinity },
    withdrawn,
  });
  const { name, version, sha256 } = first.champion.reference;
  let isRefused = first.refusal !== null;
  if (first.refusal === null) {
    telemetry.modelLoaded(name, version, sha256);
    const named = await deployment.load();
    isRefused = !named.ok || (await reloader.seat(named.value)) === 'refused';
  } else {
    reloader.refuse(first.refusal);
    telemetry.modelFellBack(name, version, sha256);
  }
  telemetry.policyLoaded(policy.current.version, policy.current.sha256, policy.current.rules.length);

  let turn: Promise<unknown> = Promise.resolve();
  /** One at a time: the first order comes while the file is already watched. */
  const inTurn = (take: () => Promise<Reloaded>): Promise<Reloaded> => {
    const reloading = turn.then(async () => {
      const reloaded = await take();
      isRefused = reloaded === 'refused';
      if (!isRefused || (fellBackTo !== null && !isOf(champion, fellBackTo))) fellBackTo = null;
      return reloaded;
    });
    turn = reloading.catch(() => undefined);
    return reloading;
  };
  const watches: readonly Watch[] = [
    {
      fingerprint: () => fingerprint(policyFile),
      known: known.policy,
      pollMs: config.policy.pollMs,
      reload: () => policy.reload(policyFile, telemetry),
    },
    {
      fingerprint: () => deployment.fingerprint(),
      known: known.deployment,
      wasRefused: isRefused,
      pollMs: config.model.pollMs,
      named: async () => {
        const loaded = await deployment.load();
        return loaded.ok ? bundlesFingerprint(directory, loaded.value) : '';
      },
      reload: () => inTurn(() => reloader.reload()),
    },
    {
      fingerprint: () => fingerprint(withdrawn.file),
      known: known.withdrawn,
      pollMs: config.model.pollMs,
      reload: async () => {
        for (const withdrawal of await withdrawn.refresh()) await follow(withdrawal);
        return 'taken';
      },
    },
    ...(normsFile === undefined
      ? []
      : [
          {
            fingerprint: () => fingerprint(normsFile),
            known: known.norms,
            wasRefused: !areNormsTaken,
            pollMs: config.norms.pollMs,
            reload: () => norms.reload(normsFile, telemetry),
          },
        ]),
  ];
  const watchers = watches.map((watch) => watchFile(watch, ending.signal));
  registry?.start();
  return {
    panel,
    policy,
    norms,
    order: (ordered) => deployment.order(ordered),
    withdraw: (withdrawal) => {
      if (withdrawn.add(withdrawal, withdrawal.reason, withdrawal.atMs)) void follow(withdrawal);
    },
    withdrawals: () =>
      withdrawn.all.map(({ at, ...withdrawal }) => ({ ...withdrawal, author: hostname(), atMs: parseTime(at) })),
    obey: async () => {
      if (deployment.isOrdered) await inTurn(() => reloader.begin());
    },
    notes: () => {
      const { reference } = panel.champion;
      const serving = `${reference.name} ${reference.version}`;
      if (fellBackTo !== null)
        return [`The champion is ${serving}, the last good one, since that of the deployment was refused or failed.`];
      const refusal = isRefused
        ? [`The deployment (${deployment.place}) is refused; the champion stays ${serving}.`]
        : [];
      return [...refusal, ...(registry?.notes() ?? [])];
    },
    close: async () => {
      ending.abort();
      await registry?.close();
      await Promise.all(watchers);
      await lastGood.written();
      await withdrawn.written();
      await panel.close();
    },
  };
}

/** Undefined where none is named: nobody is asked. */
function registryOf(
  { model: { registry, directory } }: Config,
  telemetry: Telemetry,
  here: Pick<RegistryOptions, 'onDeployment' | 'isInUse'>,
): RegistryFollower | undefined {
  const { url, token, model, timeoutMs, championAlias, challengerAlias, bundleBytesMax, pollMs } = registry;
  if (url === undefined || model === undefined) return undefined;
  return new RegistryFollower({
    registry: new MlflowRegistry({ url, token, model, timeoutMs }),
    model,
    aliases: { champion: championAlias, challenger: challengerAlias },
    directory,
    bytesMax: bundleBytesMax,
    pollMs,
    telemetry,
    ...here,
  });
}

function rulesOf(settings: Config['model']['canary']): RollbackRules {
  return {
    failuresMax: settings.failuresMax,
    blocksMin: settings.blocksMin,
    blockRatioMin: settings.blockPercentMin / 100,
    blockRatioMax: settings.blockPercentMax / 100,
    scoreShiftMax: settings.scoreShiftPercentMax / 100,
    latencyRatioMax: settings.latencyPercentMax / 100,
    overturnedRatioMax: settings.overturnedPercentMax / 100,
    overturnedMin: settings.overturnedMin,
  };
}

interface FirstChampion {
  readonly champion: ServedModel;
  /** Kept warm: takes over from a champion that fails from its first batch on. */
  readonly former: ServedModel | null;
  /** Why the deployment's champion does not serve; null when it does. */
  readonly refusal: Failure | null;
}

/**
 * The deployment's champion with the last good one behind it; or that one alone, when the deployment's is refused. Who has served here is not
 * held against the norms: they may be others by now, and a restart is no time to take away what works.
 * @param norms in force; null where there are none.
 */
async function firstChampion(
  directory: string,
  deployment: DeploymentInForce,
  lastGood: LastGood,
  proving: ProvingOptions,
  norms: NormsAt | null,
): Promise<Result<FirstChampion>> {
  const known = await lastGood.read();
  const good = known.ok ? { folder: directory, ...known.value } : null;
  const named = await deployment.load();
  const isSame = named.ok && named.value.champion.name === good?.name && named.value.champion.version === good.version;
  const former = good === null || isSame ? null : await loadProven(good, proving);
  const kept = former?.ok === true ? former.value : null;
  const asNew = isSame ? proving : { ...proving, norms, ...(kept === null ? {} : { against: good }) };
  const champion = named.ok ? await loadProven({ folder: directory, ...named.value.champion }, asNew) : named;
  if (champion.ok) return success({ champion: champion.value, former: kept, refusal: null });
  return kept === null ? champion : success({ champion: kept, former: null, refusal: champion.failure });
}

/** Telemetry that also tells us of a model that fell back. */
function tellingOf(telemetry: Telemetry, fellBack: (name: string, version: string) => void): ModelTelemetry {
  return {
    modelFailed: (failure) => telemetry.modelFailed(failure),
    modelFellBack: (name, version, sha256) => {
      fellBack(name, version);
      telemetry.modelFellBack(name, version, sha256);
    },
  };
}

type ModelTelemetry = Pick<Telemetry, 'modelFailed' | 'modelFellBack'>;
