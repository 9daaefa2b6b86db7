import { expect, it } from 'vitest';
import { VersionLedger } from '../../../src/app/worker/version-ledger.ts';

it('a version is taken by the first content that had it', () => {
  const ledger = new VersionLedger();
  expect(ledger.isTaken('1', 'a')).toBe(false);
  ledger.record('1', 'a');
  expect(ledger.isTaken('1', 'a')).toBe(false);
  expect(ledger.isTaken('1', 'b')).toBe(true);
  expect(ledger.isTaken('2', 'b')).toBe(false);
});

it('remembers a bounded number of versions, the latest ones', () => {
  const ledger = new VersionLedger();
  for (let version = 0; version < 300; version++) ledger.record(String(version), 'a');
  expect(ledger.isTaken('0', 'b')).toBe(false);
  expect(ledger.isTaken('299', 'b')).toBe(true);
});
