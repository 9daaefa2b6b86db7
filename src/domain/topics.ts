/**
 * The topics, a row each. Settings and their documents, the AsyncAPI document, what is made and checked at the start and what is read
 * all come from here: a new topic is one row, and whoever reads or writes it.
 */
export interface TopicRow {
  /** What it is called unless the settings say otherwise; the contract's. */
  readonly name: string;
  /** Whether Winnow reads it, writes it, or both: what one member says to another. */
  readonly direction: 'in' | 'out' | 'both';
  /**
   * What is the key of a record: the account that it is about, what came with the record that it answers, or what holds from then
   * on under that key and no other.
   */
  readonly key: 'account' | 'received' | 'entry';
  /** What travels on it; `src/wire/asyncapi.ts` has the messages. */
  readonly carries: 'events' | 'labels' | 'lists' | 'control' | 'verdicts' | 'decisions' | 'deadLetters' | 'audit';
  /**
   * Kafka keeps the last record of each key (`cleanup.policy=compact`), and every member reads all of it; the others are shared
   * among the group.
   */
  readonly isCompacted?: true;
  /** `announced`: the contract has it, and this version neither reads nor writes it. */
  readonly presence: 'required' | 'optional' | 'announced';
  /** Bytes of a record batch that it must take, where the default of brokers (1 MB) does not do. */
  readonly messageBytesMax?: number;
  /** For the settings: where or what, and then more; `, keyed by account id` is put between them where it is. */
  readonly place: string;
  readonly more?: string;
  /** For the settings: when to name another. */
  readonly change?: string;
  /** For the AsyncAPI document: who writes and reads it, and what Winnow does there. */
  readonly parties: string;
  readonly summary: string;
}

export const topics = {
  events: {
    name: 'account-events',
    direction: 'in',
    key: 'account',
    carries: 'events',
    presence: 'required',
    place: 'Where the platform writes its events',
    parties: 'Written by the platform, read by Winnow.',
    summary: 'Reads what happens to accounts.',
  },
  labels: {
    name: 'account-labels',
    direction: 'in',
    key: 'account',
    carries: 'labels',
    presence: 'optional',
    place: 'Where people say what an account is',
    more: 'A label acts at once: `genuine` lifts and protects, `fake` blocks. Their judgements feed the `reputation` features too. Without it, only labels that come among the events count.',
    change: 'As soon as reviewers or appeals write to such a topic.',
    parties: 'Written by reviewers and appeals, read by Winnow and by training.',
    summary: 'Reads what accounts turned out to be.',
  },
  lists: {
    name: 'account-lists',
    direction: 'in',
    key: 'entry',
    carries: 'lists',
    isCompacted: true,
    presence: 'optional',
    place:
      'Where people say whom to let through, to stop and to watch: compacted, keyed by list, type and hash of the value',
    more: 'Every member reads all of it before it begins. Without it, the lists are those of `lists.file`, or none.',
    change: 'As soon as `winnow list` writes to such a topic.',
    parties:
      'Written by the trust team with `winnow list`, read whole by every member. A record without a value removes.',
    summary: 'Reads who is let through, stopped and watched.',
  },
  control: {
    name: 'winnow-control',
    direction: 'both',
    key: 'entry',
    carries: 'control',
    isCompacted: true,
    presence: 'optional',
    place:
      'Where operators stop and override what Winnow does, and say which models serve: compacted, keyed by what is controlled',
    more: 'Every member reads all of it before it begins, and writes there that it withdrew a canary, so that all others do: give it the right to.',
    change: 'As soon as operators write to such a topic.',
    parties:
      'Written by operators, read whole by every member. A record without a value takes back. A member writes there too, when it withdraws a canary.',
    summary: 'Carries what operators stop and override, which models serve, and which canary no longer does.',
  },
  verdicts: {
    name: 'account-verdicts',
    direction: 'both',
    key: 'account',
    carries: 'verdicts',
    presence: 'optional',
    place: 'Where members tell each other what the group of an account came to',
    more: 'Needed for groups where several members share a history. Without it each decides what it found itself.',
    change: 'Before you look for groups with `state.store` valkey.',
    parties: 'Written by Winnow, read by the member that owns the account. Nobody else should be allowed to write it.',
    summary: 'Carries what the group of an account came to.',
  },
  decisions: {
    name: 'account-decisions',
    direction: 'out',
    key: 'account',
    carries: 'decisions',
    presence: 'required',
    place: 'Where decisions go',
    parties: 'Written by Winnow, read by trust teams.',
    summary: 'Says what to do about an account.',
  },
  shadowDecisions: {
    name: 'account-decisions-shadow',
    direction: 'out',
    key: 'account',
    carries: 'decisions',
    presence: 'optional',
    place: 'Where decisions of challengers go',
    more: 'Without it, what they say is compared and counted, and not written.',
    change: 'As soon as somebody wants to read what a challenger would have decided.',
    parties: 'Decisions of challengers, mode "shadow": written by Winnow, read by data scientists.',
    summary: 'Says what a challenger would have decided.',
  },
  deadLetters: {
    name: 'account-events-dead-letter',
    direction: 'out',
    key: 'received',
    carries: 'deadLetters',
    presence: 'required',
    // Headers beside the largest record.
    messageBytesMax: 2 * 1024 * 1024,
    place: 'Where bytes go that are no valid event, unchanged, so that they can be repaired and sent again',
    parties: 'Written by Winnow, read by whoever repairs the records.',
    summary: 'Hands on what is no event.',
  },
  audit: {
    name: 'winnow-audit',
    direction: 'out',
    key: 'entry',
    carries: 'audit',
    presence: 'optional',
    place: 'Where `winnow archive` writes that an account was forgotten, and what that came to',
    more: 'Without it, that is said in the log and kept in the archive.',
    change: 'Somebody has to prove that requests for erasure were met.',
    parties: 'Written by the archive, read by whoever asked for an erasure. It names no account.',
    summary: 'Says that an account was forgotten.',
  },
} as const satisfies Record<string, TopicRow>;

/** What stands for the topic of verdicts in a process where none is named. No topic can be called like it. */
export const ownVerdictsTopic = 'own:verdicts';

type Rows = typeof topics;
type RolesThatAre<Presence extends TopicRow['presence']> = {
  [Role in keyof Rows]: Rows[Role]['presence'] extends Presence ? Role : never;
}[keyof Rows];

export type RequiredTopic = RolesThatAre<'required'>;
export type OptionalTopic = RolesThatAre<'optional'>;
export type ConfiguredTopic = RequiredTopic | OptionalTopic;

/** What the topics are called in an installation. */
export type TopicNames = Readonly<Record<RequiredTopic, string>> & {
  readonly [Role in OptionalTopic]?: string | undefined;
};

/** In the order of the table. */
export const topicRows: readonly (readonly [keyof Rows, TopicRow])[] = Object.entries(topics) as [
  keyof Rows,
  TopicRow,
][];

export const configuredTopics = topicRows.filter(
  (row): row is readonly [ConfiguredTopic, TopicRow] => row[1].presence !== 'announced',
);

/** The topics that an installation has, by their names there. */
export function topicsNamed(names: TopicNames): readonly { readonly topic: string; readonly row: TopicRow }[] {
  return configuredTopics.flatMap(([role, row]) => {
    const topic = names[role];
    return topic === undefined ? [] : [{ topic, row }];
  });
}

/** What the members of the consumer group share: events and, where they are named, what people and groups of accounts say of an account. */
export function inputsOf(names: TopicNames): readonly string[] {
  return topicsNamed(names).flatMap(({ topic, row }) =>
    row.direction !== 'out' && row.isCompacted !== true ? [topic] : [],
  );
}
