import type { DecisionRow } from './record.ts';

/** How an account came to be restricted, in the words of the regulation: detection, decision, and whence the first hint came. */
export interface Finding {
  readonly isDetectedByMachine: boolean;
  /** `fully`: no person looked at this account. `partly`: a person confirmed what a machine had found. */
  readonly automation: 'fully' | 'partly' | 'none';
  /** `report`: somebody's report made the machine look. `notice`: it came from outside the platform. */
  readonly source: 'own' | 'report' | 'notice';
}

const byMachine: Finding = { isDetectedByMachine: true, automation: 'fully', source: 'own' };
const byPerson: Finding = { isDetectedByMachine: false, automation: 'none', source: 'own' };

/**
 * | what caused the decision | detection | decision | source |
 * |---|---|---|---|
 * | an event, an entry of a list, a group, the governor | machine | fully | own; a report of a user: `report` |
 * | a reviewer or an operator, where a machine had asked for a look | machine | partly | own |
 * | a reviewer or an operator, else | person | none | own |
 * | an appeal that was turned down | person | none | own |
 * | a trap (honeypot) | machine | fully | own |
 * | a chargeback: a bank says so, and nobody looks | person | fully | notice |
 * | a command of an operator | person | none | own |
 *
 * @param wasAsked a machine had asked for a look at the account, and nobody had answered yet.
 */
export function findingOf(
  { cause, saidBy, eventType }: Pick<DecisionRow, 'cause' | 'saidBy' | 'eventType'>,
  wasAsked: boolean,
): Finding {
  switch (cause) {
    case 'operator':
    case 'erasure':
      return byPerson;
    case 'label':
      if (saidBy === 'honeypot') return byMachine;
      if (saidBy === 'chargeback') return { isDetectedByMachine: false, automation: 'fully', source: 'notice' };
      return wasAsked && saidBy !== 'appeal' ? { ...byMachine, automation: 'partly' } : byPerson;
    default:
      return eventType === 'account.reported' ? { ...byMachine, source: 'report' } : byMachine;
  }
}
