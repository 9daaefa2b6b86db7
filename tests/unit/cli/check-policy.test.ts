import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../adapters/file/folder.ts';
import { streamText, winnow } from './winnow.ts';

const pathOf = temporaryFolder();
let files = 0;

/** A policy document with these rules. */
function documentOf(rules: string, standing = '{ challenge: 1h, review: 24h, block: 30d }', more = ''): string {
  const path = pathOf(`policy-${(files += 1)}.yaml`);
  const thresholds = '{ challenge: 0.5, review: 0.8, block: 0.95 }';
  writeFileSync(path, `version: '1'\nthresholds: ${thresholds}\nstanding: ${standing}\n${more}\nrules: [${rules}]\n`);
  return path;
}

describe('winnow check-policy', () => {
  it('refuses a rule that a stream shows to hit more than the stated share, and lists those that hit nobody', () => {
    const events = pathOf('events.ndjson');
    writeFileSync(events, streamText);
    const file = documentOf(
      `{ id: wide, version: 1, when: account_events_24h >= 2, then: block, reason: A reason },
       { id: silent, version: 1, when: account_events_24h > 50000, then: block, reason: A reason }`,
    );
    const refused = winnow(`check-policy ${file} --on ${events}`);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain('POLICY_TOO_WIDE');
    expect(refused.stderr).toContain('wide: more than 10 % of the accounts');
    expect(refused.stdout).toMatch(/ wide {2}\d+ of \d+ accounts {2}too many\n {2}silent {2}0 of \d+ accounts\n/);
    expect(winnow(`check-policy ${file} --on ${events} --percent-max 100`)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['{ challenge: 1h, review: forever, block: forever }', 'protection: forever', 'review, block, protection'],
    ['{ challenge: 1h, review: 24h, block: forever }', '', 'block'],
  ])('says of what no time ends how long it is remembered: %s %s', (standing, more, named) => {
    const { status, stdout } = winnow(`check-policy ${documentOf('', standing, more)}`);
    expect(status).toBe(0);
    expect(stdout).toContain(`Forever: ${named}. It outlives what is known of the account`);
    expect(stdout).toContain('valkey.standingDays');
  });

  it('says nothing of that where every standing ends', () => {
    expect(winnow(`check-policy ${documentOf('')}`).stdout).not.toContain('Forever');
  });
});
