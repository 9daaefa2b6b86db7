import { afterAll, expect, it } from 'vitest';
import { giveUp, ServerUnavailable, type Skip } from '../servers/unavailable.ts';
import { disturb, say } from './disturb.ts';
import { judge, whyIncomparable } from './judge.ts';
import { keepLogs } from './logs.ts';
import { plansToLive } from './options.ts';
import type { Plan } from './plan.ts';
import { BrokerPool, type Brokers } from './servers.ts';
import { Stage } from './stage.ts';
import { note } from './survived.ts';
import { describeTopology } from './topology.ts';

/** README.md tells what this is, and how it is asked for more. */

/** All that was held back is decided, and a processor that was killed is back: on a machine that many use, its start alone takes minutes. */
const recoveryMsMax = 420_000;
const roundMsMax = 1_500_000;

const { plans, endsAtMs } = plansToLive();
const pool = new BrokerPool();
afterAll(() => pool.stop());

it.for(plans)('$title', { timeout: roundMsMax }, async ({ plan }, context) => {
  if (performance.now() > endsAtMs) context.skip('its minutes are over');
  const brokers = await brokersFor(context, plan);
  const undo: (() => Promise<unknown>)[] = [];
  say(`seed ${plan.seed}: ${describeTopology(plan.topology)}`);
  const opening = Stage.open(context, plan, brokers, (action) => void undo.push(action));
  try {
    const stage = await opening;
    const writing = stage.writeAll();
    writing.catch(() => undefined); // told below
    const began = await Promise.race([disturb(stage, plan), writing.then(() => new Promise<never>(() => undefined))]);
    const overMs = performance.now();
    stage.isQuiet = true;
    await writing;
    await stage.recovered(recoveryMsMax);
    await stage.watch.sample();
    const recoveryMs = Math.round(performance.now() - overMs);

    const why = whyIncomparable(stage, began);
    say(
      `recovered after ${recoveryMs} ms; ${why === null ? 'held against an undisturbed run' : `not compared: ${why}`}`,
    );
    const wrong = await judge(stage, began);
    // Of many rounds a failure is shown at the end of all.
    for (const sentence of wrong) say(sentence);
    expect(wrong).toEqual([]);
    await note(plan, recoveryMs, why === null);
  } catch (error) {
    const stage = await opening.catch(() => null);
    if (stage !== null) say(`what its processors wrote is in ${await keepLogs(stage)}`);
    throw error;
  } finally {
    for (const action of undo.toReversed()) await action().catch(() => undefined);
  }
});

async function brokersFor(context: Skip, { topology }: Plan): Promise<Brokers> {
  try {
    return await pool.get(topology.kafka);
  } catch (error) {
    if (error instanceof ServerUnavailable) return giveUp(context, error.message);
    throw error;
  }
}
