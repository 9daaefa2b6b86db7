import { describe, expect, it } from 'vitest';
import { catalogue, featureColumn } from '../../src/features/catalogue.ts';
import { readFacts } from '../../src/features/facts.ts';
import { counter, share, type Feature } from '../../src/features/feature.ts';
import { from, reason, sentenceOf } from '../../src/features/reason.ts';
import { kindLayouts, snapshotColumn, snapshotColumnCount } from '../../src/features/state.ts';
import { signup } from './example.ts';

/**
 * Chapter 6. A new feature.
 *
 * A feature is a number about an event and its history, and what a reader of a decision, a rule or a model card must know of it.
 * `src/features/README.md` lists the steps; this chapter takes them without leaving anything behind.
 */
describe('a new feature', () => {
  it('begins with what history holds: a kind of entity, a counter, a window', () => {
    // What is remembered is data. Each (counter, window) that somebody reads is a column of the snapshot row, which a store fills
    // for each event. A counter that nobody declared has no column: the compiler says so, and a test for those who cast.
    const device = kindLayouts.find(({ kind }) => kind === 'device');
    expect(device!.counts.map(({ name }) => name)).toContain('signups');
    expect(snapshotColumn('device', 'signups', '1h')).toBeLessThan(snapshotColumnCount);
  });

  it('is a declaration: a name, words, bounds, and how it is computed', () => {
    const feature: Feature = {
      name: 'device_signups_1h_example',
      group: 'device',
      definition: 'Signups from this device in 1 hour.',
      unit: 'signups',
      range: [0, Infinity],
      missing: 'no device in the event',
      source: 'this chapter',
      reason: reason('device', from(2), '{value} signups came from this device in 1 hour'),
      extract: counter('device', 'signups', '1h'),
    };

    // A row as a store would fill it: five signups in the hour, everything else unknown.
    const row = new Float64Array(snapshotColumnCount).fill(NaN);
    row[snapshotColumn('device', 'signups', '1h')] = 5;
    const facts = readFacts(signup({ account: 'acc_anna', device: 'd_1' }));
    expect(feature.extract(facts, row, 0)).toBe(5);
    // A reason is a sentence for those values alone that speak against an account, with a theme that the person concerned is told.
    expect(feature.reason!.speaks(1)).toBe(false);
    expect(sentenceOf(feature.reason!, 5, feature.unit)).toBe('5 signups came from this device in 1 hour');

    // Without a device the columns are NaN, and so is the feature. It is never 0: nobody counted, and found none.
    expect(feature.extract(facts, new Float64Array(snapshotColumnCount).fill(NaN), 0)).toBeNaN();
  });

  it('that divides is missing where there is too little to divide by', () => {
    const [accounts, signups] = [
      snapshotColumn('device', 'accounts', '24h'),
      snapshotColumn('device', 'signups', '1h'),
    ];
    const part = share(accounts, signups);
    const facts = readFacts(signup({ account: 'acc_anna', device: 'd_1' }));
    const row = new Float64Array(snapshotColumnCount);
    const valueOf = (upper: number, lower: number): number => {
      row[accounts] = upper;
      row[signups] = lower;
      return part(facts, row, 0);
    };
    expect(valueOf(1, 4)).toBe(0.25);
    // One of one says nothing: nearly every new device would be at 0 or 1.
    expect(valueOf(1, 1)).toBeNaN();
    expect(valueOf(0, 0)).toBeNaN();
  });

  it('joins the catalogue, from where columns, rules, reasons, documents and training have it', () => {
    // The catalogue's order is the matrix's. Names are for ever: policies, models and decisions speak them.
    for (const [column, { name }] of catalogue.entries()) expect(featureColumn(name)).toBe(column);
    // Models name the features they want, so that those from before go on when a feature is added: training begins with
    // `winnow features`, which runs this very code.
    expect(featureColumn('device_signups_1h_example')).toBeUndefined();
  });
});
