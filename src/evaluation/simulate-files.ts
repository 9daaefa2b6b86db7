import { writeLabels } from '../adapters/file/labels.ts';
import { LineWriter } from '../adapters/file/line-writer.ts';
import type { OutgoingRecord } from '../ports.ts';
import { simulate, type SimulatedEvent, type SimulationOptions } from '../simulation/simulate.ts';

export { worldOptions } from '../simulation/customs/worlds.ts';

/** Events that are sent together, unless said otherwise. */
const recordsMax = 1_000;
const dayMs = 24 * 3_600_000;

/**
 * Sends a simulated stream as one that has just happened: the last of its events within the day before `nowMs` (epoch milliseconds), moved
 * by whole days, so that people sleep when they did. Records are keyed by the account, as the platform has to key them. Returns how many
 * there were.
 */
export async function simulateRecords(
  options: SimulationOptions,
  nowMs: number,
  send: (records: readonly OutgoingRecord[]) => Promise<void>,
  recordsAtOnce = recordsMax,
): Promise<number> {
  let endMs = 0;
  for (const { timeMs } of simulate(options).events()) endMs = Math.max(endMs, timeMs);
  const shiftMs = Math.floor((nowMs - endMs) / dayMs) * dayMs;
  let [records, events]: [OutgoingRecord[], number] = [[], 0];
  for (const event of simulate(options).events()) {
    records.push(recordOf(event, shiftMs));
    events++;
    if (records.length < recordsAtOnce) continue;
    await send(records);
    records = [];
  }
  if (records.length > 0) await send(records);
  return events;
}

function recordOf({ json, subject, timeMs }: SimulatedEvent, shiftMs: number): OutgoingRecord {
  // The envelope comes before the data, so the first such text is the event's own time.
  return { key: subject, value: json.replace(isoTime(timeMs), isoTime(timeMs + shiftMs)), headers: [] };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Writes a simulated stream and, apart from it, who is who. Returns how much it wrote. */
export async function simulateFiles(
  options: SimulationOptions,
  files: { readonly events: string; readonly labels?: string },
): Promise<{ readonly events: number; readonly accounts: number }> {
  const simulation = simulate(options);
  const out = new LineWriter(files.events);
  let events = 0;
  for (const { json } of simulation.events()) {
    await out.write(json);
    events++;
  }
  await out.close();
  if (files.labels !== undefined) await writeLabels(files.labels, simulation.truth);
  return { events, accounts: simulation.truth.length };
}
