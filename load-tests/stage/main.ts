import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quietRequestQueue } from '../../src/adapters/kafka/request-queue.ts';
import {
  brokersVariable,
  startKafka,
  startOwnKafka,
  type KafkaServer,
  type OwnKafka,
} from '../../tests/servers/kafka.ts';
import { describe, interruptible } from '../load/command.ts';
import { describeBroker, describeEnvironment } from '../load/environment.ts';
import { UsageError } from '../load/options.ts';
import { Session } from '../load/session.ts';
import { kneeFinder } from './all-scenarios.ts';
import { EventSupply } from './event-supply.ts';
import { parseScenarioOptions, usage, type ScenarioOptions } from './options.ts';
import { perform } from './perform.ts';
import { formatResult, judge, keptFolder, resultsFolder, type ScenarioResult } from './result.ts';
import type { Rates, Scenario } from './scenario.ts';

/** `npm run scenarios`. Exits with 0 when all limits hold, with 1 when one is broken or a scenario failed, with 2 when the command line was wrong. */

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

try {
  const options = parseScenarioOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(usage);
  else process.exitCode = (await interruptible(playAll(options))) ? 0 : 1;
} catch (error) {
  say(error instanceof UsageError ? `${error.message} Try --help.` : describe(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
// Whatever a client still holds open has been closed as far as it can be.
process.exit();

/** Whether all limits hold. A scenario that fails does not keep the next from its turn. */
async function playAll(options: ScenarioOptions): Promise<boolean> {
  quietRequestQueue();
  const isGiven = process.env[brokersVariable] !== undefined;
  const kafka: KafkaServer | OwnKafka = isGiven ? await startKafka() : await startOwnKafka();
  say(`Kafka (${kafka.origin}) is ready at ${kafka.brokers.join(', ')}.`);
  const supply = new EventSupply(options.seed);
  let { kneeRate } = options;
  let allHold = true;
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of options.scenarios) {
      const result = await play(scenario, { ...options, kneeRate, supply }, kafka).catch((error: unknown) => {
        say(`${scenario.name} failed: ${describe(error)}`);
        allHold = false;
        return null;
      });
      if (result === null) continue;
      results.push(result);
      if (scenario === kneeFinder) kneeRate = result.outcome.figures['kneeRate'] ?? null;
      allHold &&= result.verdicts.every(({ holds }) => holds);
      if (!options.json) process.stdout.write(formatResult(result));
      await write(result, options);
    }
  } finally {
    await kafka.stop();
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  return allHold;
}

async function play(
  scenario: Scenario,
  { form, kneeRate, rate, supply }: Pick<ScenarioOptions, 'form' | keyof Rates> & { readonly supply: EventSupply },
  kafka: KafkaServer | OwnKafka,
): Promise<ScenarioResult> {
  const environment = await describeEnvironment();
  // The broker is for all scenarios, and outlives each.
  const session = await Session.on({ ...kafka, stop: () => Promise.resolve() }, say);
  let result: ScenarioResult | null = null;
  try {
    const ownKafka = 'restart' in kafka ? kafka : null;
    const outcome = await perform(scenario, { form, supply, kafka: ownKafka, kneeRate, rate }, session);
    result = judge(scenario, form, { ...environment, broker: describeBroker(kafka.origin) }, outcome);
    return result;
  } finally {
    await session.close({ keepLogs: result?.verdicts.every(({ holds }) => holds) !== true });
  }
}

async function write(result: ScenarioResult, { keep, out }: ScenarioOptions): Promise<void> {
  const folder = keep ? keptFolder : (out ?? resultsFolder);
  const { scenario, form, environment } = result;
  const path = join(
    folder,
    keep ? `${scenario}.json` : `${environment.date.replaceAll(':', '-')}-${scenario}-${form}.json`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
  say(`Written to ${path}.`);
}
