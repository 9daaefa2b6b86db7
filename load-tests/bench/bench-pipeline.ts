import { EmbeddedLegalHolds } from '../../src/adapters/embedded/legal-holds.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadChampion,
  loadNormsFile,
  loadPolicyFile,
  orThrow,
  sampleNormsFile,
} from '../../src/app/versions.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { offlineGuard, offlineHasher, offlineReference } from '../../src/evaluation/offline.ts';
import type { Norms } from '../../src/features/norms/norms.ts';
import type { Reference } from '../../src/features/reference.ts';
import { createPipeline, type Pipeline, type PipelineParts } from '../../src/pipeline.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { DriftWatch, defaultDriftOptions } from '../../src/scoring/drift.ts';
import { ModelSlot } from '../../src/scoring/model-slot.ts';
import { Panel } from '../../src/scoring/panel.ts';
import type { ServedModel } from '../../src/scoring/served-model.ts';
import { unbounded } from '../../src/steps/time-bounds.ts';
import { silentTelemetry } from '../../src/telemetry.ts';
import { benchTelemetry } from './telemetry.ts';

/** What a path is measured with: all as it ships. */
export interface ShippedParts {
  readonly reference: Reference;
  readonly policy: Policy;
  readonly norms: Norms;
  readonly model: ServedModel;
}

export async function loadShippedParts(): Promise<ShippedParts> {
  const { reference } = await offlineReference();
  return {
    reference,
    policy: orThrow(await loadPolicyFile(defaultPolicyFile)),
    norms: orThrow(await loadNormsFile(sampleNormsFile)),
    model: orThrow(await loadChampion(defaultModelFolder, defaultDeploymentFile)),
  };
}

/** A new path as a consumer drives it, metrics among it; what it sends goes nowhere. `parts` replace what it has by default. */
export function benchPipeline(
  { reference, policy, norms, model }: ShippedParts,
  parts: Partial<PipelineParts> = {},
): Pipeline {
  const slot = new ModelSlot(model, {
    timeoutMs: 60_000,
    failuresMax: 1,
    clock: systemClock,
    telemetry: silentTelemetry,
  });
  const telemetry = benchTelemetry();
  return createPipeline({
    hasher: offlineHasher(),
    reference,
    isReferencePartial: false,
    store: offlineGuard(systemClock),
    legalHolds: new EmbeddedLegalHolds(),
    panel: new Panel(slot),
    drift: new DriftWatch(defaultDriftOptions),
    norms: () => norms,
    policy: () => policy,
    output: { send: () => Promise.resolve(), close: () => Promise.resolve() },
    emit: new Set(['challenge', 'review', 'block']),
    timeBounds: unbounded,
    dating: 'event',
    clock: systemClock,
    telemetry,
    ...parts,
  });
}
