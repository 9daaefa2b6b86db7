import { allowingEntry } from '../../domain/listed.ts';
import { nameOfEntry } from '../list-reason.ts';
import type { Restraint } from './restraint.ts';

/** An account that people let through is let through, whatever is found: first, so that nothing else is named for what they held. */
export const listed: Restraint = (claim, { listed: found }) => {
  const entry = found && allowingEntry(found);
  if (entry === undefined) return null;
  const { groupAction: _groupAction, ...others } = claim;
  const held = { ...others, scoreAction: 'allow', rulesAction: 'allow', listAction: 'allow' } as const;
  return { claim: held, by: `list:${nameOfEntry(entry)}` };
};
