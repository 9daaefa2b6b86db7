import { writeLabels } from '../adapters/file/labels.ts';
import { LineWriter } from '../adapters/file/line-writer.ts';
import { simulate, type SimulationOptions } from '../simulation/simulate.ts';

export { worldOptions } from '../simulation/customs/worlds.ts';

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
