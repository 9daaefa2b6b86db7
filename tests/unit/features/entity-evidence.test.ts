import { describe, expect, it } from 'vitest';
import { listTypes, type ListType } from '../../../src/domain/list-entry.ts';
import { catalogue, featureNames } from '../../../src/features/catalogue.ts';
import { evidenceColumns, silence } from '../../../src/features/entity-evidence.ts';
import { featureCount } from '../../../src/features/extract.ts';
import { readFacts } from '../../../src/features/facts.ts';
import { snapshotColumnCount, snapshotColumnNames, type EntityKind } from '../../../src/features/state.ts';
import { signupOf } from '../steps/events.ts';

/** Which kinds of entities a feature counts at, by what it reads of a snapshot. */
function kindsRead(index: number): ReadonlySet<string> {
  const facts = readFacts(signupOf('acc_1', { context: { ip: '95.56.234.10', device_id: 'd_91af' } }));
  const kinds = new Set<string>();
  const values = new Proxy(new Float64Array(snapshotColumnCount).fill(5), {
    get(target, column) {
      if (typeof column === 'string' && /^\d+$/.test(column))
        kinds.add(snapshotColumnNames[Number(column)]!.split('.')[0]!);
      return Reflect.get(target, column) as unknown;
    },
  });
  catalogue[index]!.extract(facts, values, 0);
  return kinds;
}

/** They ask a device only whether it is one, and are counted at the address. */
const ofAddressAlone = new Set(['ip_devices_per_signup_24h', 'network_devices_per_signup_24h']);

const kindsOf: Readonly<Partial<Record<ListType, readonly EntityKind[]>>> = {
  email: ['mailbox'],
  email_domain: ['email_domain'],
  phone: ['phone', 'phone_prefix'],
  ip: ['ip', 'network', 'site', 'client', 'cohort', 'name_shape', 'name_stem'],
  device: ['device'],
  asn: ['asn'],
};

describe('what an entity that is let through is not held against', () => {
  it.each(Object.entries(kindsOf) as [ListType, readonly EntityKind[]][])(
    '%s: every feature that counts at it',
    (type, kinds) => {
      const counted = [...featureNames.keys()].filter((index) =>
        kinds.some(
          (kind) => kindsRead(index).has(kind) && !(kind === 'device' && ofAddressAlone.has(featureNames[index]!)),
        ),
      );
      const silenced = new Set(evidenceColumns[type]);
      const missed = counted.filter((index) => !silenced.has(index)).map((index) => featureNames[index]);
      expect(counted.length).toBeGreaterThan(0);
      expect(missed).toEqual([]);
    },
  );

  it('is nothing of its account: what that does counts wherever it comes from', () => {
    for (const type of listTypes) {
      const names = evidenceColumns[type].map((column) => featureNames[column]!);
      expect(names.filter((name) => /^(account|form|captcha|username|text|target)_/.test(name))).toEqual([]);
    }
  });

  it('goes missing in its row and in no other', () => {
    const features = new Float32Array(3 * featureCount).fill(1);
    silence(features, 1, 'device');
    const missing = [...features.keys()].filter((place) => Number.isNaN(features[place]));
    expect(missing).toEqual(evidenceColumns.device.map((column) => featureCount + column));
  });
});
