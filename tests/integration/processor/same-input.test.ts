import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { offlineTopic } from '../../../src/evaluation/offline.ts';
import { replay } from '../../../src/evaluation/replay.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadChampion,
  loadNormsFile,
  loadPolicyFile,
  orThrow,
  sampleNormsFile,
} from '../../../src/app/versions.ts';
import { ModelSlot } from '../../../src/scoring/model-slot.ts';
import { silentTelemetry } from '../../../src/telemetry.ts';
import type { WireDecision } from '../../../src/wire/decision-schema.ts';
import { outcomeOf } from './support/fates.ts';
import { temporaryDirectory } from './support/files.ts';
import { Processor } from './support/processor.ts';
import { Scene } from './support/scene.ts';
import { simulatedEvents } from './support/stream.ts';

const events = simulatedEvents(24, 4_000);

/** The stream as a file, and where to put the decisions about it. */
async function files(): Promise<{ readonly input: string; readonly output: (name: string) => string }> {
  const directory = await temporaryDirectory();
  const input = join(directory, 'events.ndjson');
  await writeFile(input, events.map(({ value }) => `${value}\n`).join(''));
  return { input, output: (name) => join(directory, `${name}.ndjson`) };
}

/** `winnow replay` as a process of its own. */
async function replayed(input: string, out: string): Promise<Buffer> {
  const command = new Processor(['replay', input, '--norms', sampleNormsFile, '--out', out, '--emit', 'all'], {});
  expect(await command.ended).toEqual({ code: 0, signal: null });
  return readFile(out);
}

/** The same without a process. */
async function replayedHere(input: string, out: string): Promise<Buffer> {
  const served = orThrow(await loadChampion(defaultModelFolder, defaultDeploymentFile));
  const model = new ModelSlot(served, {
    timeoutMs: 60_000,
    failuresMax: 1,
    clock: systemClock,
    telemetry: silentTelemetry,
  });
  onTestFinished(() => model.close());
  const policy = orThrow(await loadPolicyFile(defaultPolicyFile));
  await replay({
    events: input,
    out,
    deadLetters: null,
    model,
    policy,
    norms: orThrow(await loadNormsFile(sampleNormsFile)),
    emit: 'all',
    truth: new Map(),
  });
  return readFile(out);
}

/** What a processor decides about one partition, without what is the clock's. */
async function decidedThroughKafka(scene: Scene, recordsMax: number): Promise<WireDecision[]> {
  const processor = await scene.run({ WINNOW_BATCH_RECORDS_MAX: String(recordsMax) }).ready();
  await scene.drained(processor);
  await processor.end('SIGTERM');
  return (await outcomeOf(scene)).decisions.map(({ decision }) => ({ ...decision, time: '' }));
}

/** A decision without what a file cannot say: when it was made, and in which topic its event stood. */
function asReplayed({ data, ...rest }: WireDecision): WireDecision {
  return { ...rest, time: '', data: { ...data, trigger: { ...data.trigger!, topic: offlineTopic } } };
}

const onePartition = { events: 1, decisions: 1, deadLetters: 1 };

describe('the same input, model and policy, in one partition', () => {
  it('give the same bytes when they are replayed, in every process', async () => {
    const { input, output } = await files();
    const first = await replayed(input, output('first'));
    expect(first.toString().trimEnd().split('\n')).toHaveLength(events.length);
    expect((await replayed(input, output('second'))).equals(first)).toBe(true);
    expect((await replayedHere(input, output('here'))).equals(first)).toBe(true);
  });

  it('give the same decisions through Kafka, however it cuts them into batches, and in a replay', async (context) => {
    const first = await Scene.create(context, { partitions: onePartition });
    await first.write(events);
    const second = await Scene.create(context, { partitions: onePartition, names: { events: first.names.events } });
    const decided = await decidedThroughKafka(first, 256);
    expect(decided).toHaveLength(events.length);
    expect(await decidedThroughKafka(second, 37)).toEqual(decided);

    const { input, output } = await files();
    const lines = (await replayed(input, output('decisions'))).toString().trimEnd().split('\n');
    const inReplay = lines.map((line) => JSON.parse(line) as WireDecision);
    expect(decided.map(asReplayed)).toEqual(inReplay.map(asReplayed));
  });
});
