import assert from 'node:assert/strict';
import { labels } from '../domain/event.ts';

/**
 * What is remembered about each entity, as data. Both the stores (which keep it) and the catalogue (which reads it)
 * follow this table, so that neither can know a counter that the other does not.
 *
 * An event touches each kind of entity at most once. A touch adds to some of the kind's counters, and reads all of them
 * back as one row of numbers, the *snapshot row*, whose columns `snapshotColumn` names.
 */

/**
 * Span of a window and of its buckets, milliseconds. A window is read as its newest `spanMs / bucketMs` buckets, the one of
 * the event's own time included: so it covers more than `spanMs - bucketMs` and at most `spanMs`.
 */
export const windows = {
  '10m': { spanMs: 600_000, bucketMs: 120_000 },
  '1h': { spanMs: 3_600_000, bucketMs: 600_000 },
  '24h': { spanMs: 86_400_000, bucketMs: 7_200_000 },
  '7d': { spanMs: 604_800_000, bucketMs: 43_200_000 },
} as const;

export type WindowName = keyof typeof windows;

/** Windows begin here, so that their clocks fit 32 bits: what is older counts nowhere. Milliseconds since the epoch. */
export const earliestMs = Date.UTC(2020, 0, 1);

/** How long after a window's end its buckets are still kept, for consumers that catch up partition after partition. */
export const allowedLatenessMs = 15 * 60_000;

/** Beside the counters' bits in `ObservationBatch.adds`: the entity acted itself, so that its spans move. */
export const spanBit = 1 << 15;

/** Whose elements a distinct counter takes: those of every account, of young ones, or of those that are young no more. */
export type ShownBy = 'anyone' | 'young' | 'established';

/** Numbers that an entity may have beside its counters. */
export const spanNames = [
  /** Seconds from the entity's first touch to this event; 0 at the first. */
  'age_s',
  /** Seconds from the touch before this one; NaN at the first. */
  'idle_s',
  /** Mean seconds between touches; NaN before the second. */
  'gap_mean_s',
  /** Standard deviation of the gaps over their mean; NaN before the third touch. Near 0 is a metronome. */
  'gap_variation',
] as const;
export type SpanName = (typeof spanNames)[number];

interface KindDeclaration {
  /** Counters of touches that say so: how many in each window. */
  readonly counts: Readonly<Record<string, readonly WindowName[]>>;
  /** Counters of different elements: how many in each window. Exact up to `distinctExactMax`, then a sketch. */
  readonly distincts: Readonly<Record<string, readonly WindowName[]>>;
  /** Of the distinct counters that do not take elements from anyone. */
  readonly shownBy?: Readonly<Record<string, ShownBy>>;
  /** Numbers of which mean and spread are kept, over the entity's whole life. */
  readonly measures?: readonly string[];
  /**
   * Whether the entity remembers how many of its accounts people found fake or genuine. An account remembers the entities of
   * these kinds that its signup touched, so that a label that comes later finds them.
   */
  readonly labels?: boolean;
  /** Numbers of the entity's age and of the gaps between its touches. */
  readonly spans?: readonly SpanName[];
  /** Whether the entity keeps a histogram of the gaps between its touches (`history/gap-histogram.ts`). */
  readonly gaps?: boolean;
  /** Of few entities that a large part of all events touch: a store must count them in 32 bits, and others in 16 at least. */
  readonly crowded?: boolean;
}

/** An account is young while it was first seen less than this before the event, milliseconds. */
export const youngAgeMsMax = 48 * 3_600_000;

/**
 * Elements that a distinct counter holds one by one. While all that its longest window saw fit, every window is exact. Above
 * that the elements held are a uniform sample, and a window with `n` of them has a relative standard error near 1/sqrt(n).
 */
export const distinctExactMax = 32;

/** Event ids that an account remembers to know a re-sent event by. */
export const recentEventsMax = 8;

export const entityState = {
  account: {
    counts: {
      events: ['10m', '1h', '24h', '7d'],
      requests: ['10m', '1h', '24h', '7d'],
      answers_good: ['7d'],
      answers_bad: ['7d'],
      contents: ['10m', '24h', '7d'],
      likes: ['10m', '7d'],
      links: ['24h'],
      texts_used: ['24h'],
      login_failures: ['1h'],
      /** Signups of any outcome: where there is one, the account is as old as it was seen. */
      signups: ['7d'],
      signup_failures: ['24h'],
      reports: ['24h', '7d'],
    },
    distincts: {
      devices: ['24h'],
      networks: ['24h'],
      addresses: ['24h'],
      countries: ['1h', '24h'],
      targets: ['24h'],
      reporters: ['7d'],
      /** Networks that the reports against the account came from. */
      reporter_networks: ['7d'],
      texts: ['24h'],
      /** Hours of the day in which the account acted. */
      hours: ['24h'],
      /** Seconds of the minute in which the account acted: a script on a timer meets few of them. */
      seconds: ['24h'],
      /** Kinds of action. */
      acts: ['24h'],
    },
    spans: ['age_s', 'idle_s', 'gap_mean_s', 'gap_variation'],
    gaps: true,
  },
  ip: {
    counts: {
      signups: ['10m', '1h', '24h'],
      signup_failures: ['1h'],
      /** Signups that named a device: what devices are a share of. */
      device_signups: ['24h'],
    },
    /** Residents: accounts that are no longer young and act from here. */
    distincts: { accounts: ['10m', '1h', '24h'], devices: ['24h'], residents: ['7d'] },
    shownBy: { residents: 'established' },
    spans: ['age_s'],
    labels: true,
  },
  network: {
    counts: {
      signups: ['10m', '1h', '24h', '7d'],
      /** Signups that named a device, a user name, a user agent, one of the last two: what shares of them divide by. */
      device_signups: ['24h'],
      name_signups: ['24h'],
      agent_signups: ['24h'],
      cohort_signups: ['24h'],
    },
    distincts: { accounts: ['10m', '1h', '24h'], devices: ['24h'], residents: ['7d'] },
    shownBy: { residents: 'established' },
    spans: ['gap_variation'],
  },
  /** What one customer may rotate through: IPv6 /48, IPv4 /22. */
  site: {
    counts: { signups: ['1h', '24h', '7d'], name_signups: ['24h'] },
    distincts: { residents: ['7d'] },
    shownBy: { residents: 'established' },
  },
  /** A username's template within one site. */
  site_shape: { counts: { signups: ['24h'] }, distincts: {} },
  asn: { counts: { signups: ['1h', '7d'] }, distincts: {}, crowded: true },
  device: {
    counts: { signups: ['1h'] },
    /** Agents: user agents that it was seen with. */
    distincts: { accounts: ['1h', '24h', '7d'], networks: ['24h', '7d'], agents: ['7d'] },
    spans: ['age_s'],
    labels: true,
  },
  email_domain: {
    counts: { signups: ['1h', '24h', '7d'] },
    distincts: {},
    spans: ['age_s'],
    labels: true,
    crowded: true,
  },
  mailbox: { counts: {}, distincts: { accounts: ['7d'] }, labels: true },
  phone: { counts: {}, distincts: { accounts: ['7d'] } },
  phone_prefix: { counts: { signups: ['1h', '24h', '7d'] }, distincts: {} },
  /** A username with letters and digits replaced by their class, within one network: `aaaa99@network`. */
  name_shape: { counts: { signups: ['1h', '24h'] }, distincts: {} },
  /** Operating system, locale, time zone and screen together, within one network. */
  client: { counts: { signups: ['24h'] }, distincts: {} },
  /** A username without its last digits, within one network: `john@network` of john01, john02. */
  name_stem: { counts: { signups: ['1h', '24h'] }, distincts: {} },
  /** Signups that come from one network with one name template and one client set-up: what a script makes. */
  cohort: {
    counts: { signups: ['1h', '24h'] },
    distincts: {},
    measures: ['form_log'],
    spans: ['gap_variation'],
    labels: true,
  },
  user_agent: { counts: { signups: ['24h'] }, distincts: {}, crowded: true },
  app_version: { counts: { signups: ['24h'] }, distincts: {}, crowded: true },
  display_name: { counts: {}, distincts: { accounts: ['24h'] } },
  bio: { counts: {}, distincts: { accounts: ['24h'] } },
  avatar: {
    counts: {},
    /** Regulars: accounts that are young no more. */
    distincts: { accounts: ['24h'], networks: ['7d'], regulars: ['7d'] },
    shownBy: { regulars: 'established' },
  },
  /** The account, post or invite that an action points at. */
  target: {
    counts: { actions: ['10m'] },
    distincts: { actors: ['1h'], young_actors: ['10m', '1h'] },
    shownBy: { young_actors: 'young' },
  },
  /** A text by its similarity hash. */
  text: {
    counts: { uses: ['1h'] },
    distincts: { accounts: ['24h'], networks: ['7d'], regulars: ['7d'] },
    shownBy: { regulars: 'established' },
  },
  /** All signups: one entity, against which shares are taken. */
  platform: {
    counts: {
      /** Signups that named a user agent, a version of the app, an address with a known operator. */
      agent_signups: ['24h'],
      version_signups: ['24h'],
      operator_signups: ['1h', '7d'],
    },
    distincts: {},
    crowded: true,
  },
  /**
   * A sixteenth of all accounts, drawn by their ids: enough to say since when events come, and no entity that every event of the
   * platform touches. Spells: half days in which something happened.
   */
  platform_part: { counts: {}, distincts: { spells: ['7d'] }, crowded: true },
} as const satisfies Record<string, KindDeclaration>;

export type EntityKind = keyof typeof entityState;
export const entityKinds = Object.keys(entityState) as EntityKind[];

export type CountName<K extends EntityKind> = keyof (typeof entityState)[K]['counts'] & string;
export type DistinctName<K extends EntityKind> = keyof (typeof entityState)[K]['distincts'] & string;

/** The state of one kind, laid out: positions of counters and of snapshot columns. */
export interface KindLayout {
  readonly kind: EntityKind;
  readonly kindIndex: number;
  readonly counts: readonly {
    readonly name: string;
    readonly windows: readonly WindowName[];
    readonly column: number;
  }[];
  readonly distincts: readonly {
    readonly name: string;
    readonly windows: readonly WindowName[];
    readonly column: number;
    /** Position among all distinct counters of all kinds: the column of `ObservationBatch.elements`. */
    readonly elementIndex: number;
    readonly shownBy: ShownBy;
  }[];
  readonly measures: readonly {
    readonly name: string;
    /** Column of the mean; the standard deviation stands in the next one. */
    readonly column: number;
    /** Position among all measures of all kinds: the column of `ObservationBatch.measures`. */
    readonly measureIndex: number;
  }[];
  /** Column of the count of accounts labelled fake, that of genuine ones in the next; null where labels are not kept. */
  readonly labelColumn: number | null;
  /** Column of the entropy of gaps, bits; null where gaps are not kept. */
  readonly gapColumn: number | null;
  readonly isCrowded: boolean;
  /** Columns of the spans that are kept. */
  readonly spans: Readonly<Partial<Record<SpanName, number>>>;
}

const columns = new Map<string, number>();
let elementTotal = 0;
let measureTotal = 0;

function layOut(kind: EntityKind, kindIndex: number): KindLayout {
  const declaration: KindDeclaration = entityState[kind];
  const place = (name: string, names: readonly string[]): number => {
    const first = columns.size;
    for (const window of names) columns.set(`${kind}.${name}.${window}`, columns.size);
    return first;
  };
  const counts = Object.entries(declaration.counts).map(([name, names]) => ({
    name,
    windows: names,
    column: place(name, names),
  }));
  const distincts = Object.entries(declaration.distincts).map(([name, names]) => ({
    name,
    windows: names,
    column: place(name, names),
    elementIndex: elementTotal++,
    shownBy: declaration.shownBy?.[name] ?? ('anyone' as const),
  }));
  const measures = (declaration.measures ?? []).map((name) => ({
    name,
    column: place(name, ['mean', 'deviation']),
    measureIndex: measureTotal++,
  }));
  const firstLabel = declaration.labels === true ? place('labels', labels) : null;
  const gapColumn = declaration.gaps === true ? place('gaps', ['entropy_bits']) : null;
  const spans: Partial<Record<SpanName, number>> = {};
  for (const name of declaration.spans ?? []) {
    spans[name] = columns.size;
    columns.set(`${kind}.${name}`, columns.size);
  }
  assert(counts.length <= 15, 'a touch says in 16 bits which counters it adds to, and whether the spans move');
  const isCrowded = declaration.crowded === true;
  return {
    kind,
    kindIndex,
    counts,
    distincts,
    measures,
    labelColumn: firstLabel,
    gapColumn,
    isCrowded,
    spans,
  };
}

/** The layout of each kind, in the order of `entityKinds`. */
export const kindLayouts: readonly KindLayout[] = entityKinds.map(layOut);
/** [column] what stands in it, as `kind.counter.window` and the like. */
export const snapshotColumnNames: readonly string[] = [...columns.keys()];
assert(columns.has('account.age_s'), 'by its age a store knows whether an account is young');
/** Numbers in a snapshot row. */
export const snapshotColumnCount = columns.size;
/** Distinct counters of all kinds. */
export const elementCount = elementTotal;
/** Measures of all kinds. */
export const measureCount = measureTotal;
/** The kinds whose entities count labels, in the order in which an account remembers those of its signup. */
export const labelledKinds: readonly KindLayout[] = kindLayouts.filter((layout) => layout.labelColumn !== null);

/** The column of a windowed counter in a snapshot row. Throws when it is not declared: a programmer's error. */
export function snapshotColumn<K extends EntityKind>(
  kind: K,
  counter: CountName<K> | DistinctName<K>,
  window: WindowName,
): number {
  return columnOf(`${kind}.${counter}.${window}`);
}

/** The column of a span in a snapshot row. */
export function spanColumn(kind: EntityKind, span: SpanName): number {
  return columnOf(`${kind}.${span}`);
}

/** The column of the entropy of an entity's gaps in a snapshot row, bits. */
export function gapEntropyColumn(kind: EntityKind): number {
  return columnOf(`${kind}.gaps.entropy_bits`);
}

/** The column of a measure's mean or standard deviation in a snapshot row. NaN before the first, or the second, value. */
export function measureColumn(kind: EntityKind, measure: string, figure: 'mean' | 'deviation'): number {
  return columnOf(`${kind}.${measure}.${figure}`);
}

/** The column of the number of accounts of an entity that people labelled so. */
export function labelColumn(kind: EntityKind, label: (typeof labels)[number]): number {
  return columnOf(`${kind}.labels.${label}`);
}

function columnOf(name: string): number {
  const column = columns.get(name);
  assert(column !== undefined, `${name} is not remembered`);
  return column;
}
