import type { ModelReference } from '../domain/decision.ts';
import type { Norms } from '../features/norms/norms.ts';
import type { Comparison } from '../telemetry.ts';
import type { Thresholds } from './comparison.ts';
import type { ModelLease, ModelSlot } from './model-slot.ts';
import { CanaryWatch, type Judged, type RollbackRules } from './rollback.ts';

/** A model that a share of accounts gets instead of the champion. */
export interface CanarySeat {
  readonly slot: ModelSlot;
  /** Of accounts, 0 to 1. */
  readonly share: number;
}

/** A model that is only watched. */
export interface ChallengerSeat {
  readonly slot: ModelSlot;
  /** Its own: the policy's are for those who act. */
  readonly thresholds: Thresholds;
}

/** One batch's hold on all models that sit on the panel, whatever takes their places meanwhile. */
export interface PanelLease {
  readonly champion: ModelLease;
  readonly canary: { readonly lease: ModelLease; readonly share: number } | null;
  readonly challengers: readonly { readonly lease: ModelLease; readonly thresholds: Thresholds }[];
  /** Must be called once, when the batch is done. */
  end(): Promise<void>;
}

export interface PanelOptions {
  /** When a canary is withdrawn; without them it never is. */
  readonly rollback?: RollbackRules;
  /** Told when a canary was taken off the panel, and why. */
  readonly onWithdrawn?: (canary: ModelReference, reason: string) => void;
}

/** The models that judge. They are taken together, so that a batch is judged by one set of versions. */
export class Panel {
  readonly champion: ModelSlot;
  readonly #options: PanelOptions;
  #canary: CanarySeat | null = null;
  #watch: CanaryWatch | null = null;
  #challengers: readonly ChallengerSeat[] = [];

  constructor(champion: ModelSlot, options: PanelOptions = {}) {
    this.champion = champion;
    this.#options = options;
  }

  get canary(): CanarySeat | null {
    return this.#canary;
  }

  get challengers(): readonly ChallengerSeat[] {
    return this.#challengers;
  }

  /** Seats all but the champion, from the next batch on. Slots that lose their seat are closed; those that keep it stay as they are. */
  async seat(canary: CanarySeat | null, challengers: readonly ChallengerSeat[]): Promise<void> {
    const staying = new Set([canary, ...challengers].map((seat) => seat?.slot));
    const leaving = [this.#canary, ...this.#challengers].filter((seat) => seat !== null && !staying.has(seat.slot));
    if (canary?.slot !== this.#canary?.slot) this.#watch = this.#watchOf(canary);
    this.#canary = canary;
    this.#challengers = challengers;
    await Promise.all(leaving.flatMap((seat) => seat?.slot.close() ?? []));
  }

  /**
   * Takes all for one batch.
   * @param platform its norms, or none.
   */
  lease(platform: Norms | null = null): PanelLease {
    const champion = this.champion.lease(platform);
    const canary =
      this.#canary === null ? null : { lease: this.#canary.slot.lease(platform), share: this.#canary.share };
    const challengers = this.#challengers.map(({ slot, thresholds }) => ({ lease: slot.lease(platform), thresholds }));
    return {
      champion,
      canary,
      challengers,
      end: async () => {
        const leases = [champion, canary?.lease, ...challengers.map(({ lease }) => lease)];
        await Promise.all(leases.flatMap((lease) => lease?.end() ?? []));
      },
    };
  }

  /**
   * Takes what the canary said of a batch beside the champion, and withdraws it where a rule says so: from the next batch on.
   * @param rows events of the batch that the champion scored. @param judged what people say of whom each blocked; null where nobody counts.
   */
  async watch({ model, ...comparison }: Comparison, rows: number, judged: Judged | null = null): Promise<void> {
    const seat = this.#canary;
    if (seat === null || seat.slot.reference.sha256 !== model.sha256) return;
    const reason = this.#watch?.add(comparison, rows * seat.share, judged) ?? null;
    if (reason === null) return;
    this.#options.onWithdrawn?.(model, reason);
    await this.withdraw(model);
  }

  /** Takes a canary off the panel, from the next batch on; nothing, where it does not sit there. */
  async withdraw({ name, version }: Pick<ModelReference, 'name' | 'version'>): Promise<void> {
    const seated = this.#canary?.slot.reference;
    if (seated?.name === name && seated.version === version) await this.seat(null, this.#challengers);
  }

  async close(): Promise<void> {
    await this.seat(null, []);
    await this.champion.close();
  }

  #watchOf(canary: CanarySeat | null): CanaryWatch | null {
    const { rollback } = this.#options;
    return canary === null || rollback === undefined ? null : new CanaryWatch(rollback);
  }
}
