import { cpus } from 'node:os';
import type { Both, Outcome } from '../judge/outcome.ts';
import { calmMsMin, recoveryMs } from '../judge/recovery.ts';
import { trendOf, type Point } from '../judge/trend.ts';
import type { Session } from '../load/session.ts';
import { nowMs } from '../load/time.ts';
import type { Deliveries } from './deliveries.ts';
import type { EventSupply } from './event-supply.ts';
import type { Form } from '../judge/limits.ts';
import { rateOf, type Rates, type Scenario, type Seconds } from './scenario.ts';
import { Stage, type StageOptions } from './stage.ts';

export interface Performance extends Pick<StageOptions, 'kafka'>, Rates {
  readonly supply: EventSupply;
  readonly form: Form;
}

/** Code is compiled, and the group comes to rest. Not measured. */
const warmUpSeconds: Seconds = { full: 30, short: 10, brief: 1 };
const calmSeconds: Seconds = { full: 60, short: 10, brief: 1 };
const tailSeconds: Seconds = { full: 30, short: 5, brief: 1 };
/** Lag that has not gone by then is not waited for. */
const recoverySecondsMax: Seconds = { full: 300, short: 120, brief: 30 };
const drainSecondsMax = 60;
/** Of load, for which there are more events than needed: a look at the clock comes late now and then. */
const spareSeconds = 15;
/** At or below this age of the oldest event there is no lag; on a slow machine, twice what was usual before. */
const calmAgeMsMin = 1_000;
/** Milliseconds of events that one p99 of the trend is of. */
const p99WindowMs = 5_000;
/** A trend of less tells nothing. */
const trendSecondsMin = 60;
/** All are made before the load begins, and held. */
export const eventsMax = 3_000_000;

/** Plays one scenario: warm-up, calm, what it does, until lag is down, and a while after that. */
export async function perform(scenario: Scenario, options: Performance, session: Session): Promise<Outcome> {
  const { form, supply, kafka, kneeRate } = options;
  const { setup } = scenario;
  const parts = [warmUpSeconds, calmSeconds, scenario.actSeconds, recoverySecondsMax, tailSeconds];
  const seconds = parts.reduce((sum, part) => sum + part[form], spareSeconds);
  const rate = Math.min(rateOf(scenario, options), eventsMax / seconds);
  session.say(`${scenario.name}: making ${Math.ceil(rate * seconds)} events, where there are not enough.`);
  const stage = await Stage.open(scenario, { rate, events: supply.first(Math.ceil(rate * seconds)), kafka }, session);
  stage.say(`${scenario.name}: ${Math.round(rate)} events a second; warming up.`);
  await stage.play(warmUpSeconds[form]);
  const calmFromMs = nowMs();
  await stage.play(calmSeconds[form]);
  const actFromMs = nowMs();
  stage.say(`${scenario.name}: begins.`);
  const figuresOf = await scenario.act(stage, form);
  stage.setRate(rate);
  const actToMs = nowMs();
  stage.say(`${scenario.name}: over; waiting until lag is gone.`);
  const ageMsMax = Math.max(calmAgeMsMin, 2 * largest(stage.lag.winnow.within(calmFromMs, actFromMs)));
  const recovery = (name: keyof Stage['lag']): number | null => recoveryMs(stage.lag[name].points, actToMs, ageMsMax);
  for (const endMs = actToMs + recoverySecondsMax[form] * 1_000; recovery('winnow') === null && nowMs() < endMs;)
    await stage.play(calmMsMin / 4_000);
  const recoveredMs = nowMs();
  await stage.play(tailSeconds[form]);
  const endMs = nowMs();
  await stage.end(drainSecondsMax);

  const delays = (fromMs: number, toMs: number) => both(stage, (deliveries) => deliveries.delaysMs(fromMs, toMs));
  const recovered = both(stage, (_, name) => {
    const ms = recovery(name);
    return ms === null ? null : Math.round(ms / 100) / 10;
  });
  return {
    partitions: setup.partitions,
    members: setup.members,
    store: setup.store,
    kneeRate,
    rate: Math.round(rate),
    fates: both(stage, ({ fates }) => fates),
    degraded: stage.decisions.degraded,
    deadLetters: await stage.deadLetters(),
    delayMs: {
      calm: delays(calmFromMs, actFromMs),
      disturbed: delays(actFromMs, recoveredMs),
      after: delays(recoveredMs, endMs),
    },
    recoverySeconds: recovered,
    actSeconds: Math.round((actToMs - actFromMs) / 100) / 10,
    busy: stage.busy(actFromMs, actToMs, cpus().length),
    trends: trendsOf(stage, actFromMs, actToMs),
    residentMiBCourse: courseOf(stage.residentMiB.within(actFromMs, actToMs)),
    figures: figuresOf(),
  };
}

function trendsOf(stage: Stage, actFromMs: number, actToMs: number): Outcome['trends'] {
  const isLong = actToMs - actFromMs >= trendSecondsMin * 1_000;
  // Before that a process learns about its load, and history fills.
  const fromMs = isLong ? (actFromMs + actToMs) / 2 : Infinity;
  return {
    inUseMiB: trendOf(stage.inUseMiB.within(fromMs, actToMs)),
    residentMiB: trendOf(stage.residentMiB.within(fromMs, actToMs)),
    openFiles: trendOf(stage.openFiles.within(fromMs, actToMs)),
    lagMs: both(stage, (_, name) => trendOf(stage.lag[name].within(fromMs, actToMs))),
    p99Ms: both(stage, (deliveries) => trendOf(p99Points(deliveries, fromMs, actToMs))),
  };
}

function p99Points(deliveries: Deliveries, fromMs: number, toMs: number): readonly Point[] {
  const points: Point[] = [];
  for (let atMs = fromMs; atMs + p99WindowMs <= toMs; atMs += p99WindowMs) {
    const delays = deliveries.delaysMs(atMs, atMs + p99WindowMs);
    if (delays !== null) points.push({ atMs, value: delays.p99 });
  }
  return points;
}

function both<T>(stage: Stage, of: (deliveries: Deliveries, name: keyof Both<T>) => T): Both<T> {
  return { winnow: of(stage.winnow, 'winnow'), echo: of(stage.echo, 'echo') };
}

function largest(points: readonly Point[]): number {
  return points.reduce((most, { value }) => Math.max(most, value), 0);
}

/** At most sixty of them, rounded. */
function courseOf(points: readonly Point[]): readonly number[] {
  const step = Math.max(1, Math.ceil(points.length / 60));
  return points.filter((_, index) => index % step === 0).map(({ value }) => Math.round(value));
}
