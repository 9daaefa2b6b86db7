import type { Extractor } from './feature.ts';
import { snapshotColumn } from './state.ts';

/**
 * Values that stand for nothing: a nil device id, the hash of a blank picture, a text that the app writes by itself. `facts.ts`
 * drops those that are known by name; these are known by their company. A value that more independent parties hold than any real
 * one could says nothing of the account that holds it, so that what is counted of it is missing.
 */

/**
 * A device belongs to a household, changes networks and updates its browser; a farm's device has many accounts, few networks and
 * one or two agents. Many agents in many networks are many devices under one id.
 */
const deviceNetworksMin = 12;
const deviceAgentsMin = 8;
/** A campaign copies texts and pictures between accounts that are new, and that few of the platform's regulars ever share. */
const copyRegularsMin = 30;
const copyNetworksMin = 30;

type StandInKind = 'device' | 'avatar' | 'text';

const parties: Readonly<Record<StandInKind, readonly (readonly [column: number, least: number])[]>> = {
  device: [
    [snapshotColumn('device', 'networks', '7d'), deviceNetworksMin],
    [snapshotColumn('device', 'agents', '7d'), deviceAgentsMin],
  ],
  avatar: [
    [snapshotColumn('avatar', 'regulars', '7d'), copyRegularsMin],
    [snapshotColumn('avatar', 'networks', '7d'), copyNetworksMin],
  ],
  text: [
    [snapshotColumn('text', 'regulars', '7d'), copyRegularsMin],
    [snapshotColumn('text', 'networks', '7d'), copyNetworksMin],
  ],
};

/** 1 where the event's value of this kind stands for nothing, 0 where not; NaN where the event has none. */
export function isStandIn(kind: StandInKind): Extractor {
  const [[first, firstLeast], [second, secondLeast]] = parties[kind] as readonly [
    readonly [number, number],
    readonly [number, number],
  ];
  return (_facts, values, row) => {
    if (Number.isNaN(values[row + first])) return NaN;
    return values[row + first]! >= firstLeast && values[row + second]! >= secondLeast ? 1 : 0;
  };
}

/** What is counted of a value; missing where the value stands for nothing. */
export function unlessStandIn(kind: StandInKind, extract: Extractor): Extractor {
  const standsIn = isStandIn(kind);
  return (facts, values, row) => (standsIn(facts, values, row) === 1 ? NaN : extract(facts, values, row));
}
