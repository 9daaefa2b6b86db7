import { isDeepStrictEqual } from 'node:util';
import { failed, success, type Failure, type Result } from '../../domain/failure.ts';
import type { CanarySeat, ChallengerSeat, Panel } from '../../scoring/panel.ts';
import { ModelSlot, type ModelSlotOptions } from '../../scoring/model-slot.ts';
import type { ServedModel } from '../../scoring/served-model.ts';
import type { PanelMember, Telemetry } from '../../telemetry.ts';
import type { Deployment } from '../../wire/bundle-schema.ts';
import type { NormsAt } from '../proof/prove-bundle.ts';
import { loadProven, type ProvingOptions } from '../versions.ts';
import type { DeploymentInForce } from './deployment-in-force.ts';
import { Refusals, type Reloaded } from './refusals.ts';
import { VersionLedger } from './version-ledger.ts';
import type { Withdrawn } from './withdrawn.ts';

/** A bundle, by the names that a deployment gives it. */
type BundleName = Deployment['champion'];

export interface PanelReloaderOptions {
  readonly modelFolder: string;
  readonly deployment: Pick<DeploymentInForce, 'load' | 'place'>;
  readonly telemetry: Telemetry;
  readonly proving?: ProvingOptions;
  /** The norms in force; null where there are none. */
  readonly norms?: () => NormsAt | null;
  readonly slots: ModelSlotOptions;
  readonly withdrawn?: Pick<Withdrawn, 'reasonOf'>;
}

/**
 * Puts the panel together that the deployment names: as a whole, each new bundle proven against the champion, or, with the reason
 * told, not at all. Who keeps a seat is neither proven nor loaded again, nor is the former champion, which is kept in memory: to go back to
 * it takes no longer than a batch.
 */
export class PanelReloader {
  readonly #panel: Panel;
  readonly #options: PanelReloaderOptions;
  readonly #versions = new VersionLedger();
  readonly #refusals = new Refusals();

  constructor(panel: Panel, options: PanelReloaderOptions) {
    this.#panel = panel;
    this.#options = options;
    this.#record(panel.champion.reference);
  }

  async reload(): Promise<Reloaded> {
    const deployment = await this.#options.deployment.load();
    if (!deployment.ok) return this.refuse(deployment.failure);
    const { champion } = deployment.value;
    if (isOf(this.#panel.champion, champion)) return this.seat(deployment.value);
    const ready = await this.#ready(champion);
    if (!ready.ok) return this.refuse(ready.failure);
    const seats = await this.#seatsOf(deployment.value);
    if (!seats.ok) {
      await ready.value?.retire();
      return this.refuse(seats.failure);
    }
    await this.#serve(champion, ready.value);
    return this.#take(seats.value);
  }

  /**
   * At a start: takes the champion in any case, as a start by a file does. Where a seat beside it is refused, as that of a canary which was withdrawn
   * here, this member would else have another champion than all others.
   */
  async begin(): Promise<Reloaded> {
    const deployment = await this.#options.deployment.load();
    if (!deployment.ok) return this.refuse(deployment.failure);
    const { champion } = deployment.value;
    if (!isOf(this.#panel.champion, champion)) {
      const ready = await this.#ready(champion);
      if (!ready.ok) return this.refuse(ready.failure);
      await this.#serve(champion, ready.value);
    }
    return this.seat(deployment.value);
  }

  /** Seats all but the champion. */
  async seat(deployment: Deployment): Promise<Reloaded> {
    const seats = await this.#seatsOf(deployment);
    return seats.ok ? this.#take(seats.value) : this.refuse(seats.failure);
  }

  /** Tells that a deployment was refused. */
  refuse(failure: Failure): Reloaded {
    return this.#refusals.refuse(failure, (told) => this.#options.telemetry.modelRefused(told));
  }

  /** A champion that is proven; null for the former one, which is in memory. */
  async #ready(champion: BundleName): Promise<Result<ServedModel | null>> {
    return this.#panel.champion.isFormer(champion) ? success(null) : this.#load(champion);
  }

  async #serve(champion: BundleName, ready: ServedModel | null): Promise<void> {
    const slot = this.#panel.champion;
    if (ready !== null) await slot.replace(ready);
    // Unless it took over meanwhile from a champion that failed.
    else if (!isOf(slot, champion)) slot.goBack();
    this.#record(slot.reference);
    const { name, version, sha256 } = slot.reference;
    this.#options.telemetry.modelLoaded(name, version, sha256);
  }

  async #take({ canary, challengers, withdrawn }: Seats): Promise<Reloaded> {
    // It may have been withdrawn while what sits beside it was being proven.
    const isWithdrawn = canary !== null && this.#options.withdrawn?.reasonOf(canary.slot.reference) !== undefined;
    const before = membersOf(this.#panel);
    await this.#panel.seat(isWithdrawn ? null : canary, challengers);
    if (isWithdrawn) await canary.slot.close();
    const members = membersOf(this.#panel);
    if (!isDeepStrictEqual(members, before)) this.#options.telemetry.panelSeated(members);
    if (withdrawn !== null) return this.refuse(withdrawn);
    this.#refusals.end();
    return 'taken';
  }

  async #seatsOf({ canary, challengers }: Deployment): Promise<Result<Seats>> {
    const fresh: ModelSlot[] = [];
    const give = async <T>(failure: Failure): Promise<Result<T>> => {
      await Promise.all(fresh.map((slot) => slot.close()));
      return { ok: false, failure };
    };
    let canarySeat: CanarySeat | null = null;
    const withdrawn = canary === null ? null : this.#withdrawalOf(canary);
    if (canary !== null && withdrawn === null) {
      const fault = this.#faultOfShare(canary);
      if (fault !== undefined) return fault;
      const slot = await this.#slotOf(canary, this.#panel.canary, fresh);
      if (!slot.ok) return give(slot.failure);
      canarySeat = { slot: slot.value, share: canary.share };
    }
    const challengerSeats: ChallengerSeat[] = [];
    for (const challenger of challengers) {
      const seated = this.#panel.challengers.find(({ slot }) => isOf(slot, challenger)) ?? null;
      const slot = await this.#slotOf(challenger, seated, fresh);
      if (!slot.ok) return give(slot.failure);
      challengerSeats.push({ slot: slot.value, thresholds: slot.value.thresholds });
    }
    return success({ canary: canarySeat, challengers: challengerSeats, withdrawn });
  }

  /** That a canary was withdrawn, which takes no seat again; null where it was not. */
  #withdrawalOf({ name, version }: BundleName): Failure | null {
    const { deployment, withdrawn } = this.#options;
    const reason = withdrawn?.reasonOf({ name, version });
    if (reason === undefined) return null;
    const message = `its canary ${name} ${version} was withdrawn: ${reason}. A mended bundle has another version.`;
    return failed('DEPLOYMENT_INVALID', message, deployment.place).failure;
  }

  #faultOfShare({ name, version, share }: NonNullable<Deployment['canary']>) {
    const { deployment } = this.#options;
    const seated = this.#panel.canary;
    if (seated === null || !isOf(seated.slot, { name, version }) || share >= seated.share) return undefined;
    const message = `the share of its canary may only grow, and was ${seated.share}: accounts keep their model.`;
    return failed('DEPLOYMENT_INVALID', message, deployment.place);
  }

  async #slotOf(
    bundle: BundleName,
    seated: { readonly slot: ModelSlot } | null,
    fresh: ModelSlot[],
  ): Promise<Result<ModelSlot>> {
    if (seated !== null && isOf(seated.slot, bundle)) return success(seated.slot);
    const loaded = await this.#load(bundle);
    if (!loaded.ok) return loaded;
    this.#record(loaded.value.reference);
    const slot = new ModelSlot(loaded.value, this.#options.slots);
    fresh.push(slot);
    return success(slot);
  }

  async #load({ name, version }: BundleName): Promise<Result<ServedModel>> {
    const { modelFolder: folder, proving = {}, norms } = this.#options;
    const { reference } = this.#panel.champion;
    const against = { folder, name: reference.name, version: reference.version };
    const loaded = await loadProven({ folder, name, version }, { ...proving, against, norms: norms?.() ?? null });
    if (!loaded.ok || !this.#versions.isTaken(`${name} ${version}`, loaded.value.reference.sha256)) return loaded;
    await loaded.value.retire();
    return failed('BUNDLE_VERSION_TAKEN', `${name} ${version} was another model before.`, `${name}/${version}`);
  }

  #record({
    name,
    version,
    sha256,
  }: {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  }): void {
    this.#versions.record(`${name} ${version}`, sha256);
  }
}

interface Seats {
  readonly canary: CanarySeat | null;
  /** That the canary was withdrawn: all others take their seats, so that members serve the same, whenever they started. */
  readonly withdrawn: Failure | null;
  readonly challengers: readonly ChallengerSeat[];
}

export function membersOf({ canary, challengers }: Panel): readonly PanelMember[] {
  const members: PanelMember[] = challengers.map(({ slot: { reference } }) => {
    return { role: 'challenger', name: reference.name, version: reference.version, share: 0 };
  });
  if (canary !== null) {
    const { name, version } = canary.slot.reference;
    members.unshift({ role: 'canary', name, version, share: canary.share });
  }
  return members;
}

/** Whether a bundle is in memory here: the champion, the one before it, or one that sits beside it. */
export function isSeated({ champion, canary, challengers }: Panel, bundle: BundleName): boolean {
  const slots = [champion, ...(canary === null ? [] : [canary.slot]), ...challengers.map(({ slot }) => slot)];
  return champion.isFormer(bundle) || slots.some((slot) => isOf(slot, bundle));
}

/** Whether a slot holds a bundle. */
export function isOf({ reference }: ModelSlot, { name, version }: BundleName): boolean {
  return reference.name === name && reference.version === version;
}
