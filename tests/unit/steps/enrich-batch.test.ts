import { describe, expect, it } from 'vitest';
import { noReference } from '../../../src/features/reference.ts';
import { decodeBatch } from '../../../src/steps/decode-batch.ts';
import { enrichBatch } from '../../../src/steps/enrich-batch.ts';
import { batchOf, cloudEvent, loginOf, signupOf, startMs } from './events.ts';

describe('enrichBatch', () => {
  it('reads what each event says, and keeps the rest of the batch', () => {
    const signup = signupOf('acc_2', { email: 'x@example.com' });
    const decoded = decodeBatch(batchOf([cloudEvent(loginOf('acc_1')), null, cloudEvent(signup)]), startMs);
    const { facts, ...rest } = enrichBatch(decoded, noReference);
    expect(facts.map(({ event }) => event)).toEqual(decoded.events);
    expect(facts[1]).toMatchObject({ isOwn: true, signup: signup.data, email: { domain: 'example.com' } });
    expect({ ...rest, events: decoded.events }).toEqual(decoded);
  });

  it('asks the reference data that it is given', () => {
    const reference = {
      ...noReference,
      emailDomain: () => ({ isDisposable: false, isFree: true, registrable: 'example.com' }),
    };
    const decoded = decodeBatch(batchOf([cloudEvent(signupOf('acc_1', { email: 'x@mail.example.com' }))]), startMs);
    expect(enrichBatch(decoded, reference).facts[0]!.emailDomain).toMatchObject({ registrable: 'example.com' });
  });
});
