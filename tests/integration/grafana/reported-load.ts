import { listen } from '../../../src/adapters/http/listener.ts';
import { PrometheusTelemetry } from '../../../src/adapters/prometheus/telemetry.ts';
import { steps, type BatchReport } from '../../../src/telemetry.ts';

/** A process under load, until it is stopped. */
export interface Load {
  /** Where its `/metrics` is, on the loopback address. */
  readonly port: number;
  stop(): Promise<void>;
}

const partitions = [0, 1, 2].map((partition) => ({ topic: 'account-events', partition }));
const batchEveryMs = 20;
const records = 64;
const well = () => ({ ok: true, reasons: [] });

/** Reports of batches as the pipeline makes them, fifty a second, served as a process serves them. */
export async function reportedLoad(): Promise<Load> {
  const telemetry = new PrometheusTelemetry({ version: '0.0.0', ready: () => true, storeEntities: () => 1_000 });
  telemetry.stateChanged('starting', 'running');
  telemetry.modelLoaded('starter', '2026.11.1', 'ab'.repeat(32));
  telemetry.policyLoaded('7');
  telemetry.partitionsAssigned(partitions);
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    live: well,
    ready: well,
    metrics: async () => ({ contentType: telemetry.contentType, text: await telemetry.text() }),
    answerFailed: (error) => {
      throw error;
    },
  });
  if (!listening.ok) throw new Error(listening.failure.message);
  let batch = 0;
  const timer = setInterval(() => {
    const { topic, partition } = partitions[batch % partitions.length]!;
    telemetry.batchDone(report(topic, partition, batch));
    telemetry.lagMeasured(topic, partition, 50 + (batch % 20));
    batch++;
  }, batchEveryMs);
  return {
    port: listening.value.port,
    stop: async () => {
      clearInterval(timer);
      await listening.value.close();
    },
  };
}

function report(topic: string, partition: number, batch: number): BatchReport {
  const isDegraded = batch % 50 === 0;
  return {
    topic,
    partition,
    records,
    eventsByType: { 'account.signup': 20, 'account.login': 30, 'content.created': 13 },
    decisions: [
      { action: 'challenge', mode: 'enforce', count: 5 },
      { action: 'block', mode: 'enforce', count: 3 },
    ],
    silent: records - 9,
    deadLetters: { EVENT_NOT_JSON: 1 },
    replayed: 0,
    duplicates: 1,
    rules: [{ id: 'bulk-signup-from-device', mode: 'enforce', count: 2 }],
    scores: isDegraded ? new Float32Array(0) : Float32Array.from({ length: records - 1 }, () => Math.random() ** 4),
    degraded: isDegraded ? ['model'] : [],
    stepMs: steps.map(() => Math.random() * 2),
    endToEndMs: Float64Array.from({ length: records }, () => 3 + Math.random() * 30),
  };
}
