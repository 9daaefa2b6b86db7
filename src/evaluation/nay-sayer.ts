import { systemClock } from '../adapters/system/clock.ts';
import { featureCount } from '../features/extract.ts';
import type { LoadedModel } from '../ports.ts';
import { ModelSlot } from '../scoring/model-slot.ts';
import { ServedModel } from '../scoring/served-model.ts';
import { silentTelemetry } from '../telemetry.ts';

/** A champion that finds everybody genuine. */
export function naySayer(): ModelSlot {
  const model: LoadedModel = {
    engine: 'trees',
    score: (_, rows) => Promise.resolve(new Float32Array(rows)),
    explain: () => Promise.resolve(null),
    release: () => Promise.resolve(),
  };
  const reference = { name: 'nay-sayer', version: '1', sha256: '0'.repeat(64) };
  const columns = Int32Array.from({ length: featureCount }, (_, column) => column);
  const served = new ServedModel(model, reference, columns);
  return new ModelSlot(served, {
    timeoutMs: 60_000,
    failuresMax: Infinity,
    clock: systemClock,
    telemetry: silentTelemetry,
  });
}
