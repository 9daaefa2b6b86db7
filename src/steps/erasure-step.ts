import assert from 'node:assert/strict';
import type { EntityKeyHasher } from '../features/entity-key.ts';
import { accountKeyAt, type ObservationBatch } from '../features/observation.ts';
import type { LegalHolds, RecordBatch } from '../ports.ts';
import type { StoreGuard } from '../store-guard.ts';
import type { UnsettledOutcomes } from '../unsettled-outcomes.ts';
import type { EnrichedBatch } from './enrich-batch.ts';
import { erasuresOfBatch, speaksOfErasure, withoutErasures, type ErasingBatch } from './erasures-of-batch.ts';

interface ErasureStepParts {
  readonly legalHolds: LegalHolds;
  readonly hasher: EntityKeyHasher;
  readonly store: Pick<StoreGuard, 'ask'>;
  readonly unsettled: UnsettledOutcomes;
  readonly dating: 'clock' | 'event';
}

/** What people say is not lost for history: it waits for the store. */
const asLongAsItTakes = Object.freeze({ mayDegrade: false });

/** Whose account goes by a batch, as what holds it says: before the batch is observed, once it was, and once it is settled. */
export class ErasureStep {
  readonly #parts: ErasureStepParts;

  constructor(parts: ErasureStepParts) {
    this.#parts = parts;
  }

  /** `erasuresOfBatch`, for as long as the store makes it wait. Rejects when `signal` is aborted. */
  async of(batch: RecordBatch, enriched: EnrichedBatch, nowMs: number, signal: AbortSignal): Promise<ErasingBatch> {
    if (!speaksOfErasure(enriched.facts)) return withoutErasures(enriched);
    const { legalHolds, hasher, store, dating } = this.#parts;
    const hold = (): Promise<ErasingBatch> => erasuresOfBatch(legalHolds, hasher, enriched, batch, nowMs, dating);
    const erasing = await store.ask(batch, hold, signal, asLongAsItTakes);
    assert(erasing !== null, 'what people say waits for the store');
    return erasing;
  }

  /** History has forgotten: nothing that another batch decided before may bring an account back. */
  observed(batch: RecordBatch, { rows }: ErasingBatch, { keys }: ObservationBatch): void {
    for (const row of rows) {
      const at = accountKeyAt(row);
      this.#parts.unsettled.forget({ keyHigh: keys[at]!, keyLow: keys[at + 1]! }, batch);
    }
  }

  /** The batch is settled, and everybody has forgotten: lets go of what asked for it. Before that, it is what says so to a batch that comes again. */
  async settled(batch: RecordBatch, erasing: ErasingBatch, signal: AbortSignal): Promise<void> {
    if (erasing.rows.size === 0) return;
    await this.#parts.store.ask(batch, () => erasing.done(), signal, asLongAsItTakes);
  }
}
