import { parseArgs } from 'node:util';
import { offlineHasher, offlineReference, offlineStore } from '../../src/evaluation/offline.ts';
import {
  defaultDeploymentFile,
  defaultModelFolder,
  defaultPolicyFile,
  loadChampion,
  loadPolicyFile,
  orThrow,
} from '../../src/app/versions.ts';
import { catalogue } from '../../src/features/catalogue.ts';
import { extractFeatures, featureCount } from '../../src/features/extract.ts';
import { readFacts, type EventFacts } from '../../src/features/facts.ts';
import { emptyObservations } from '../../src/features/observation.ts';
import { Observer } from '../../src/features/observe.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { decodeEvent } from '../../src/wire/decode-event.ts';
import { topic } from './sample.ts';

/**
 * How far features drift when partitions are not abreast: a simulated stream is dealt to partitions by account, as Kafka does, and
 * handled with the last partition behind the first by more and more. Every row is held against the one that the same event
 * gives in order of time. Run it with: npm run bench:skew
 */

const { values: flags } = parseArgs({
  options: {
    accounts: { type: 'string', default: '6000' },
    partitions: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
  },
});
const partitions = Number(flags.partitions);
const minutes = [0.1, 1, 5, 15, 60, 24 * 60];
const minuteMs = 60_000;
/** A value that is this far off by its own size is told apart from one that is a little off. */
const farOff = 0.1;

interface Row {
  readonly facts: EventFacts;
  readonly partition: number;
}

interface Drift {
  readonly behindMin: number;
  /** Shares of all events. */
  readonly rowsDiffer: number;
  readonly actionsDiffer: number;
  /** Shares of all values. */
  readonly valuesDiffer: number;
  readonly valuesFarOff: number;
  /** 99th percentile of the absolute difference of scores. */
  readonly scoreP99: number;
  /** Share of values that are far off, of the features for which it is highest. */
  readonly worst: readonly { readonly feature: string; readonly share: number }[];
}

const { reference } = await offlineReference();
const { model, thresholds } = await loadDecider();
const rows = simulated();
const orderly = await handled(rows.keys().toArray());
const drifts: Drift[] = [];
for (const behindMin of minutes) drifts.push(await driftOf(behindMin));
if (flags.json) write(JSON.stringify({ events: rows.length, partitions, drifts }, null, 2));
else print();

async function loadDecider() {
  const policy = orThrow(await loadPolicyFile(defaultPolicyFile));
  return {
    model: orThrow(await loadChampion(defaultModelFolder, defaultDeploymentFile)),
    thresholds: Object.values(policy.thresholds),
  };
}

/** A partition's number follows from the account alone. */
function simulated(): readonly Row[] {
  const numbers = new Map<string, number>();
  const encoder = new TextEncoder();
  return Array.from(simulate({ seed: 5, accounts: Number(flags.accounts) }).events(), ({ json }) => {
    const decoded = orThrow(
      decodeEvent({ offset: 0, key: null, value: encoder.encode(json), headers: [], timestampMs: 0 }),
    );
    const number = numbers.get(decoded.subject) ?? numbers.size;
    numbers.set(decoded.subject, number);
    return { facts: readFacts(decoded, reference), partition: number % partitions };
  });
}

/** Features of all rows, [rows × featureCount] in the order of the stream, when they are handled in this order. */
async function handled(order: readonly number[]): Promise<Float32Array> {
  const [store, observer] = [offlineStore(), new Observer(offlineHasher())];
  const features = new Float32Array(rows.length * featureCount);
  for (const [position, index] of order.entries()) {
    const { facts, partition } = rows[index]!;
    const observations = emptyObservations(topic, partition, 1);
    observer.observe(facts, position, observations, 0);
    const { values } = await store.observe(observations);
    extractFeatures([facts], values, features.subarray(index * featureCount, (index + 1) * featureCount));
  }
  return features;
}

async function driftOf(behindMin: number): Promise<Drift> {
  const dueMs = rows.map(
    ({ facts, partition }) => facts.event.timeMs + (behindMin * minuteMs * partition) / (partitions - 1),
  );
  const order = rows
    .keys()
    .toArray()
    .toSorted((first, second) => dueMs[first]! - dueMs[second]! || first - second);
  const skewed = await handled(order);

  let [rowsDiffer, valuesDiffer, valuesFarOff] = [0, 0, 0];
  const farOffByColumn = new Uint32Array(featureCount);
  for (let row = 0; row < rows.length; row++) {
    let differs = false;
    for (let column = 0; column < featureCount; column++) {
      const at = row * featureCount + column;
      if (Object.is(orderly[at], skewed[at])) continue;
      differs = true;
      valuesDiffer++;
      if (Math.abs(orderly[at]! - skewed[at]!) <= farOff * Math.abs(orderly[at]!)) continue;
      valuesFarOff++;
      farOffByColumn[column]!++;
    }
    if (differs) rowsDiffer++;
  }
  const [scores, skewedScores] = [await model.score(orderly, rows.length), await model.score(skewed, rows.length)];
  const differences = scores.map((score, row) => Math.abs(score - skewedScores[row]!)).toSorted();
  return {
    behindMin,
    rowsDiffer: rowsDiffer / rows.length,
    actionsDiffer: scores.filter((score, row) => actionOf(score) !== actionOf(skewedScores[row]!)).length / rows.length,
    valuesDiffer: valuesDiffer / orderly.length,
    valuesFarOff: valuesFarOff / orderly.length,
    scoreP99: differences[Math.floor(0.99 * rows.length)]!,
    worst: catalogue
      .map(({ name }, column) => ({ feature: name, share: farOffByColumn[column]! / rows.length }))
      .toSorted((first, second) => second.share - first.share)
      .slice(0, 5),
  };
}

/** How many thresholds a score reaches: the place of its action. */
function actionOf(score: number): number {
  return thresholds.filter((threshold) => score >= threshold).length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function print(): void {
  const columns = ['last behind first', 'rows', 'values', 'values over 10 %', 'score, p99', 'action'];
  write(`${rows.length} events, ${partitions} partitions. What differs from the order of time:\n`);
  write(`| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`);
  for (const drift of drifts) {
    const cells = [
      `${drift.behindMin} min`,
      percent(drift.rowsDiffer),
      percent(drift.valuesDiffer),
      percent(drift.valuesFarOff),
      drift.scoreP99.toFixed(4),
      percent(drift.actionsDiffer),
    ];
    write(`| ${cells.join(' | ')} |`);
  }
  for (const { behindMin, worst } of drifts) {
    const told = worst.filter(({ share }) => share > 0).map(({ feature, share }) => `${feature} ${percent(share)}`);
    write(`\n${behindMin} min, most often over 10 % off: ${told.join(', ')}.`);
  }
}
