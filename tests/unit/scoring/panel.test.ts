import { describe, expect, it } from 'vitest';
import { featureCount } from '../../../src/features/extract.ts';
import { ModelSlot } from '../../../src/scoring/model-slot.ts';
import { Panel } from '../../../src/scoring/panel.ts';
import { ServedModel } from '../../../src/scoring/served-model.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import { FakeModel } from './fake-model.ts';

const columns = Int32Array.from({ length: featureCount }, (_, column) => column);

function version(name: string) {
  const model = new FakeModel({});
  return {
    model,
    served: new ServedModel(model, { name: 'starter', version: name, sha256: name.padEnd(64, '0') }, columns),
  };
}

function panelOf(champion: ServedModel) {
  const clock = { nowMs: () => 0, monotonicMs: () => 0 };
  const slot = new ModelSlot(champion, { timeoutMs: 60_000, failuresMax: 3, clock, telemetry: silentTelemetry });
  return { slot, panel: new Panel(slot) };
}

describe('a panel of one', () => {
  it('names for the whole batch the model that scores it, whatever becomes champion meanwhile', async () => {
    const { slot, panel } = panelOf(version('1').served);
    const before = panel.lease();
    await slot.replace(version('2').served);
    const after = panel.lease();
    expect([before, after].map(({ champion }) => champion.reference.version)).toEqual(['1', '2']);
  });

  it('gives back with its lease what it holds', async () => {
    const { model, served } = version('1');
    const { slot, panel } = panelOf(served);
    const lease = panel.lease();
    await slot.close();
    expect(model.releases).toBe(0);
    await lease.end();
    expect(model.releases).toBe(1);
  });
});
