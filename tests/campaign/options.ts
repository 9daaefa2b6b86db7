import { faults } from './faults/all.ts';
import { keptRounds } from './kept-rounds.ts';
import { planOf, type Plan, type PlanOptions } from './plan.ts';
import type { Topology } from './topology.ts';

/** A round, and what it is called. */
export interface Named {
  readonly title: string;
  readonly plan: Plan;
}

/** What a run is asked for, by variables that `run.ts` sets. */
export function plansToLive(): { readonly plans: readonly Named[]; readonly endsAtMs: number } {
  const minutes = Number(asked('MINUTES') ?? Infinity);
  return { plans: plansOf().map(named), endsAtMs: performance.now() + minutes * 60_000 };
}

function asked(name: string): string | undefined {
  return process.env[`WINNOW_CAMPAIGN_${name}`];
}

function plansOf(): readonly Plan[] {
  if (asked('KEPT') !== undefined) return keptRounds.map((kept) => planOfNames(kept.seed, kept.faults, kept.topology));
  const seed = asked('SEED');
  if (seed === undefined) return shortRounds.map((short) => planOfNames(short.seed, short.faults, short.topology));
  const topology = JSON.parse(asked('TOPOLOGY') ?? '{}') as Partial<Topology>;
  const names = asked('FAULTS')?.split(',');
  return Array.from({ length: Number(asked('ROUNDS') ?? 1) }, (_, round) =>
    planOfNames(Number(seed) + round, names, topology),
  );
}

/** What is lived through with all other tests, in three minutes: a broker alone, and history in Valkey and in a process. */
const shortRounds = [
  {
    seed: 1,
    topology: { kafka: 'alone', store: 'valkey', processors: 2, partitions: 4, access: 'proxy' },
    faults: ['kill-processor', 'deaf-store', 'poison'],
  },
  {
    seed: 2,
    topology: { kafka: 'alone', store: 'embedded', processors: 1, partitions: 1, access: 'proxy' },
    faults: ['fill-disk', 'clock-back', 'kill-processor'],
  },
] as const;

function planOfNames(seed: number, names: readonly string[] | undefined, topology: Partial<Topology>): Plan {
  const without = (asked('WITHOUT')?.split(',') ?? []).map((name) => faultOf(name).name);
  const options: PlanOptions = { topology, without, ...(names === undefined ? {} : { faults: names.map(faultOf) }) };
  return planOf(seed, faults, options);
}

function faultOf(name: string) {
  const fault = faults.find((each) => each.name === name);
  if (fault === undefined)
    throw new Error(`There is no fault ${name}. There are: ${faults.map((each) => each.name).join(', ')}.`);
  return fault;
}

function named(plan: Plan): Named {
  return { title: `seed ${plan.seed}: ${plan.disturbances.map(({ fault }) => fault.name).join(', ')}`, plan };
}
