import { formatNumber } from '../table.ts';
import {
  busyShare,
  coreHoursPerMillion,
  cpuPerEvent,
  fleetFor,
  fleetRate,
  thirdWorker,
  utilisation,
  type CapacityCase,
  type CapacityResult,
} from './derive.ts';

const stores = ['embedded', 'valkey'] as const satisfies readonly CapacityCase['store'][];
const names: Readonly<Record<CapacityCase['store'], string>> = { embedded: 'in the process', valkey: 'in Valkey' };

/**
 * What was measured, and what follows from it, as Markdown. All figures come from the result.
 *
 * @param coreHourPrice what an hour of a core costs you, in any currency; null: costs stay in core-hours
 */
export function capacityDocument(result: CapacityResult, coreHourPrice: number | null): string {
  return [measured(result, coreHourPrice), third(result), fleet(result, coreHourPrice)].join('\n\n');
}

function measured(result: CapacityResult, price: number | null): string {
  const { environment, cases, events, partitions, rounds } = result;
  const rows = cases.map((one) => {
    const { workers, store, broker } = one.cpuMicroseconds;
    return row([
      `${names[one.store]}${one.store === 'embedded' && one.workers > 1 ? ', divided' : ''}`,
      String(one.workers),
      formatNumber(one.eventsPerSecond),
      ...[workers, store, broker, cpuPerEvent(one)].map((value) => numberOf(value, 1)),
      percentOf(busyShare(one, environment.cpus)),
      numberOf(coreHoursPerMillion(one), 4),
      ...(price === null ? [] : [numberOf(timesPrice(coreHoursPerMillion(one), price), 4)]),
    ]);
  });
  const header = [
    'history',
    'workers',
    'events/s',
    'CPU us an event: workers',
    'store',
    'broker',
    'all',
    'cores busy',
    'core-hours a million events',
    ...(price === null ? [] : [`cost a million at ${price} an hour of a core`]),
  ];
  const version = environment.commit === null ? '' : `, commit ${environment.commit.slice(0, 7)}`;
  return [
    `${formatNumber(events)} events of a backlog in ${partitions} partitions, the median of ${rounds} round(s), from where half of it was handled; ${environment.date.slice(0, 10)}${version},`,
    `${environment.cpus} cores (${environment.cpu}) that others used too, load average ${environment.loadAverageBefore} before; broker, store and workers all on them.`,
    '',
    row(header),
    row(header.map(() => '---')),
    ...rows,
  ].join('\n');
}

function third({ cases }: CapacityResult): string {
  const rows = stores.flatMap((store) => {
    const law = thirdWorker(cases, store);
    if (law === null) return [];
    return [
      row([
        names[store],
        law.speedupOfTwo.toFixed(2),
        law.contention.toFixed(2),
        formatNumber(Math.round(law.eventsPerSecondMost)),
        law.coherence.toFixed(2),
        formatNumber(Math.round(law.eventsPerSecondLeast)),
      ]),
    ];
  });
  const header = [
    'history',
    'two of one',
    'contention, were it all that is lost',
    'three, at most, events/s',
    'coherence, were it all',
    'three, at least, events/s',
  ];
  return [row(header), row(header.map(() => '---')), ...rows].join('\n');
}

function fleet(result: CapacityResult, price: number | null): string {
  const fleets = stores.map((store) => fleetFor(result, store)).filter((one) => one !== null);
  const rows = fleets.map((one) =>
    row([
      names[one.store],
      ...[one.workers, one.workerCores, one.storeCores, one.brokerCores, one.coresTotal].map((value) =>
        formatNumber(value),
      ),
      ...(price === null ? [] : [formatNumber(Math.round(one.coresTotal * price))]),
    ]),
  );
  const header = [
    'history',
    'workers, partitions at least',
    'cores of workers',
    'of the store',
    'of brokers, one replica',
    'cores in all',
    ...(price === null ? [] : [`cost an hour at ${price}`]),
  ];
  return [
    `${formatNumber(fleetRate)} events a second are ${formatNumber(fleets[0]?.megabytesPerSecond ?? 0)} MB a second of ${formatNumber(result.bytesPerEvent)} bytes each. With cores and workers in use to ${utilisation * 100} %:`,
    '',
    row(header),
    row(header.map(() => '---')),
    ...rows,
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function numberOf(value: number | null, digits: number): string {
  return value === null ? '-' : formatNumber(value, digits);
}

function percentOf(share: number | null): string {
  return share === null ? '-' : `${Math.round(share * 100)} %`;
}

function timesPrice(hours: number | null, price: number): number | null {
  return hours === null ? null : hours * price;
}
