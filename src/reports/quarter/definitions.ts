/** The figures of a quarter, in the order in which they are told, each with what exactly it counts. */
export const definitions = {
  prevalence: {
    title: 'Prevalence',
    unit: 'share',
    definition:
      'Fake accounts as a share of the accounts that were active in the quarter, estimated from a random sample that people judged without seeing score or action.',
  },
  actioned: {
    title: 'Accounts actioned',
    unit: 'accounts',
    definition:
      'Accounts that were restricted in the quarter, each once. What was refused before there was an account is not actioned, nor is what was only watched or held back.',
  },
  refusedAtCreation: {
    title: 'Refused at creation',
    unit: 'decisions',
    definition: 'Decisions to block a signup that had not become an account. In no other figure.',
  },
  unknownAccounts: {
    title: 'Not known whether there was an account',
    unit: 'decisions',
    definition: 'Decisions to restrict that do not say whether the signup had become an account. In no other figure.',
  },
  proactiveRate: {
    title: 'Proactive rate',
    unit: 'share',
    definition:
      'Of the accounts actioned, the share that was found and actioned before anybody reported it: no report of a user in the 7 days before, nor from outside the platform.',
  },
  proactiveUnknown: {
    title: 'Actioned, not known whether reported before',
    unit: 'accounts',
    definition:
      'Accounts actioned whose decision does not say whether they had been reported. Not in the proactive rate.',
  },
  appealed: {
    title: 'Accounts appealed',
    unit: 'accounts',
    definition:
      'Accounts of which an appeal was decided in the quarter, whenever they were actioned. Who appeals is no random sample: this says nothing about accuracy.',
  },
  appealsAccepted: {
    title: 'Appeals accepted',
    unit: 'appeals',
    definition: 'Appeals that were decided in the quarter and found the account genuine.',
  },
  restoredAfterAppeal: {
    title: 'Restored after appeal',
    unit: 'accounts',
    definition: 'Accounts whose restriction an accepted appeal lifted in the quarter, whenever it was imposed.',
  },
  restoredWithoutAppeal: {
    title: 'Restored without appeal',
    unit: 'accounts',
    definition:
      'Accounts whose restriction the platform lifted in the quarter by its own discovery: a reviewer, an operator, a list, a withdrawn rule. A restriction that ends when its time is over is not restored.',
  },
} as const;

export type FigureName = keyof typeof definitions;
export const figureNames = Object.keys(definitions) as readonly FigureName[];
