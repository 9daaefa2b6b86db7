import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Standing } from '../../../src/domain/standing.ts';
import type { Outcome } from '../../../src/steps/outcome.ts';
import { withoutOvertaken } from '../../../src/steps/overtaken.ts';
import { startMs } from './events.ts';

const decisionId = `dec_${'1'.repeat(32)}`;
const decision = { id: `dec_${'2'.repeat(32)}`, action: 'challenge' } as Decision;
const word = { saidMs: startMs, holds: 'allow', protectedUntilMs: startMs + 1 } as const;

function standing(action: Standing['action'], changes: Partial<Standing> = {}): Standing {
  return { action, decisionId, sinceMs: startMs, ...changes };
}

/** What is left of an outcome that left `change` standing, where `now` stands. */
function left(change: Standing | null, now: Standing | undefined, changes: Partial<Outcome> = {}) {
  const outcome: Outcome = {
    offset: 7,
    timestampMs: 0,
    decision,
    deadLetter: null,
    verdicts: [],
    change: change && { keyHigh: 1, keyLow: 1, standing: change },
    ...changes,
  };
  const known = new Map([[7, outcome]]);
  return withoutOvertaken(known, { offsets: Float64Array.of(7) }, [now], new Set(['block'])).get(7)!.change?.standing;
}

describe('an outcome from before', () => {
  it('is as it was where nobody has spoken since, or history does not answer', () => {
    expect(left(standing('challenge'), undefined)).toEqual(standing('challenge'));
    expect(left(standing('challenge'), standing('block'))).toEqual(standing('challenge'));
    const known = new Map();
    expect(withoutOvertaken(known, { offsets: Float64Array.of(7) }, null, 'all')).toBe(known);
  });

  it('changes nothing once a person has spoken, unless it is what a person said later', () => {
    expect(left(standing('block'), standing('allow', { word }))).toBeUndefined();
    expect(left(standing('block', { word }), standing('allow', { word }))).toBeDefined();
    const later = { ...word, saidMs: startMs + 1 };
    expect(left(standing('allow', { word: later }), standing('block', { word }))).toBeDefined();
  });

  it('changes nothing once its group has, unless it goes beyond that, knew of it, or is what a group said', () => {
    const brought = standing('review', { cohort: 5 });
    expect(left(standing('challenge'), brought)).toBeUndefined();
    expect(left(standing('block'), brought)).toBeDefined();
    expect(left(standing('challenge', { cohort: 6 }), brought)).toBeDefined();
    expect(left(standing('challenge'), brought, { decision: { ...decision, supersedes: decisionId } })).toBeDefined();
  });

  it('is sent all the same where every event has its decision', () => {
    const change = { keyHigh: 1, keyLow: 1, standing: standing('block') };
    const outcome: Outcome = { offset: 7, timestampMs: 0, decision, deadLetter: null, verdicts: [], change };
    const now = [standing('allow', { word })];
    const offsets = Float64Array.of(7);
    const known = new Map([[7, outcome]]);
    expect(withoutOvertaken(known, { offsets }, now, 'all').get(7)).toEqual({ ...outcome, change: null });
    expect(withoutOvertaken(known, { offsets }, now, new Set(['block'])).get(7)?.decision).toBeNull();
  });
});
