import type { Reason } from '../domain/decision.ts';
import type { Label, LabelSource } from '../domain/event.ts';

/** What a label says in words, by who says so: for reviewers, and for the person concerned. */
interface Words {
  readonly text: string;
  readonly publicText: string;
}

const clearedByPerson = 'A person looked at your account again and found nothing wrong with it';
const foundByPerson = 'A person looked at your account and found that it is not genuine';
/** An operator may speak of a thousand accounts by one command: nobody need have looked at each. */
const clearedByStaff = 'Our staff lifted what was held against your account';
const foundByStaff = 'Our staff found that your account is not genuine';

const words: Readonly<Record<Label, Readonly<Record<LabelSource, Words>>>> = {
  genuine: {
    review: { text: 'A reviewer found the account genuine', publicText: clearedByPerson },
    appeal: { text: 'An appeal was accepted: the account is genuine', publicText: 'Your appeal was accepted' },
    operator: { text: 'An operator found the account genuine', publicText: clearedByStaff },
    honeypot: {
      text: 'A trap of the platform turned out to have caught a genuine account',
      publicText: 'A check of ours had taken your account for an automated one; it is not',
    },
    chargeback: {
      text: 'A chargeback was withdrawn: the account is genuine',
      publicText: 'A payment that was disputed is settled',
    },
  },
  fake: {
    review: { text: 'A reviewer found the account fake', publicText: foundByPerson },
    appeal: {
      text: 'An appeal was turned down: the account is fake',
      publicText: 'A person looked at your appeal and turned it down',
    },
    operator: { text: 'An operator found the account fake', publicText: foundByStaff },
    honeypot: {
      text: 'The account walked into a trap that people do not see',
      publicText: 'Your account did something that people do not do here',
    },
    chargeback: {
      text: 'A payment of the account was charged back',
      publicText: 'A payment from your account was disputed',
    },
  },
};

/**
 * The reason of a decision that a label caused. It holds nothing that was written into the label: who looked and what they noted may be
 * personal data, and is to be had by the label's id.
 * @param protectedUntilMs of a genuine account, milliseconds since the epoch; Infinity for no end.
 */
export function reasonOfPerson(label: Label, by: LabelSource, protectedUntilMs: number): Reason {
  const { text, publicText } = words[label][by];
  const protection = label === 'genuine' ? protectionText(protectedUntilMs) : '';
  return {
    code: label === 'genuine' ? 'FOUND_GENUINE' : 'FOUND_FAKE',
    text: text + protection,
    publicText,
    contribution: 1,
  };
}

function protectionText(untilMs: number): string {
  const until = untilMs === Infinity ? 'it is found fake' : new Date(untilMs).toISOString().slice(0, 10);
  return `; it is protected from automatic blocks until ${until}`;
}
