import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Part } from './faults/fault.ts';
import type { Disturbance, Plan } from './plan.ts';
import type { Stage } from './stage.ts';
import type { Mark } from './watch.ts';

/** A fault that has been, and how far log and metrics were before it. Instants are milliseconds of one clock. */
export interface Began {
  readonly fault: Fault;
  readonly since: Mark;
  readonly beganMs: number;
  readonly overMs: number;
}

/** Lives through the faults of a plan, each at its point of the stream; resolves when the last one is over. */
export async function disturb(stage: Stage, { disturbances }: Plan): Promise<readonly Began[]> {
  const began: Began[] = [];
  /** When each part is free of what was planned before. */
  const free = new Map<Part, Promise<void>>();
  const all = disturbances.map((disturbance) => {
    const { parts } = disturbance.fault;
    const before = Promise.all(parts.map((part) => free.get(part) ?? Promise.resolve()));
    const over = before.then(async () => void began.push(await suffer(stage, disturbance)));
    for (const part of parts) free.set(part, over);
    return over;
  });
  await Promise.all(all);
  return began;
}

async function suffer(stage: Stage, { fault, at, lastsMs, random }: Disturbance): Promise<Began> {
  await stage.hasWritten(at);
  await stage.someoneWorks();
  await stage.watch.sample();
  const since = stage.watch.mark();
  const beganMs = performance.now();
  say(`${fault.name} begins`);
  const end = await fault.begin(stage, random);
  await sleep(lastsMs);
  await end();
  say(`${fault.name} is over`);
  return { fault, since, beganMs, overMs: performance.now() };
}

export function say(sentence: string): void {
  process.stdout.write(`campaign: ${sentence}\n`);
}
