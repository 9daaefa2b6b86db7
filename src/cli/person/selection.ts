import type { Action } from '../../domain/decision.ts';
import type { Label } from '../../domain/event.ts';
import { suggestion } from '../../domain/similar.ts';
import type { WireDecision } from '../../wire/decision-schema.ts';

/** Which past decisions a command is about: all that is given has to fit. */
export interface Criteria {
  /** What the command says of the accounts that it finds. */
  readonly label: Label;
  /** Nobody but these. */
  readonly accounts?: ReadonlySet<string>;
  readonly rule?: Versioned<number>;
  readonly model?: Versioned<string>;
  /** Beginning of the SHA-256 of the policy document. */
  readonly policy?: string;
  readonly list?: string;
  readonly group?: string;
  /** When it was decided, milliseconds since the epoch: from, and before. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Something by its name, of one version or of all. */
export interface Versioned<Version> {
  readonly name: string;
  readonly version?: Version;
}

/** An account that the command is about. */
export interface ChosenAccount {
  readonly accountId: string;
  /** The last of its decisions that fits; undefined where it was named, and nothing was decided about it. */
  readonly decisionId: string | undefined;
}

export interface Chosen {
  /** In the order in which they were found. */
  readonly accounts: readonly ChosenAccount[];
  /** Decisions that fit. */
  readonly decisions: number;
  /** Of the accounts, those that people have found genuine. */
  readonly labelledGenuine: number;
  /** Accounts that fit and that nothing stands for any more: they are not among the chosen ones. */
  readonly free: number;
  /** Accounts that fit, and for which something else brought what stands, or something that cannot be read: nor are these. */
  readonly others: number;
  /** Accounts that fit, and that a person has found fake: what a person said is no machine's doing. */
  readonly foundFake: number;
  /** A sentence for each thing that was named and that no decision names, with those that are. */
  readonly unknown: readonly string[];
}

/** Names of a kind that are remembered, to be told; a platform has some dozen. */
const namesMax = 1_000;
/** Names that are told of a kind. */
const toldMax = 8;

interface Found {
  decisionId: string | undefined;
  /** Whether anything but `allow` stood after the last decision. */
  stands: boolean;
  /** Whether a decision that fits brought what stands: what the score blocked is not lifted because a bad rule had it looked at before. */
  isItsDoing: boolean;
}

/**
 * Finds accounts among past decisions, which come in the order of each account. Keeps an entry for each account that fits, for each that was
 * labelled, and for each that something stands for, or may.
 */
export class Selection {
  readonly #criteria: Criteria;
  readonly #found = new Map<string, Found>();
  /** What people said last, by account. */
  readonly #labels = new Map<string, Label>();
  /** What stands, by account; absent where nothing does. */
  readonly #standing = new Map<string, Action | 'unknown'>();
  #decisions = 0;
  /** Rules, models, lists and so on that decisions name, by kind: the first of them. */
  readonly #names = new Map<string, Set<string>>();
  /** What is asked for, by kind. */
  readonly #asked: Readonly<Record<string, string | undefined>>;
  /** The kinds of which a decision names just that. */
  readonly #named = new Set<string>();

  constructor(criteria: Criteria) {
    this.#criteria = criteria;
    const { rule, model, policy, list, group } = criteria;
    const asked = rule && textOf(rule);
    this.#asked = { rule: asked, matched: asked, model: model && textOf(model), policy, list, group };
    // Whoever is named is meant, whether or not anything was decided.
    if (isByAccountsAlone(criteria))
      for (const account of criteria.accounts!)
        this.#found.set(account, { decisionId: undefined, stands: true, isItsDoing: true });
  }

  decided({ id, subject, time, data }: WireDecision): void {
    if (data.mode !== 'enforce') return;
    for (const [kind, name] of namedIn(data, this.#criteria.label)) this.#remember(kind, name);
    if (data.cause.kind === 'label') this.labelled(subject, data.action === 'allow' ? 'genuine' : 'fake');
    const isChange = this.#stand(subject, data.action);
    const isFit = fits(this.#criteria, subject, Date.parse(time), data);
    const found = this.#found.get(subject);
    if (isFit) this.#decisions++;
    if (isFit && found === undefined)
      this.#found.set(subject, { decisionId: id, stands: data.action !== 'allow', isItsDoing: isChange });
    if (found === undefined) return;
    found.stands = data.action !== 'allow';
    if (isFit) found.decisionId = id;
    if (isChange) found.isItsDoing = isFit || isByAccountsAlone(this.#criteria);
  }

  /** Something was decided or said of an account that nobody can read here: until `allow` stands for it, nobody knows who brought what stands. */
  unread(account: string): void {
    this.#standing.set(account, 'unknown');
    const found = this.#found.get(account);
    if (found === undefined || isByAccountsAlone(this.#criteria)) return;
    found.stands = true;
    found.isItsDoing = false;
  }

  /** Returns whether it is known to be another action than stood before. */
  #stand(subject: string, action: Action): boolean {
    const before = this.#standing.get(subject) ?? 'allow';
    if (before === 'unknown' && action !== 'allow') return false;
    if (action === 'allow') this.#standing.delete(subject);
    else this.#standing.set(subject, action);
    return action !== before;
  }

  /** What people have said of an account so far. */
  labelled(account: string, label: Label): void {
    this.#labels.set(account, label);
  }

  chosen(): Chosen {
    const all = Array.from(this.#found, ([accountId, found]) => ({ accountId, ...found }));
    const isLift = this.#criteria.label === 'genuine';
    const standing = isLift ? all.filter(({ stands }) => stands) : all;
    const asked = isLift ? standing.filter(({ isItsDoing }) => isItsDoing) : standing;
    const sparesFake = isLift && !isByAccounts(this.#criteria);
    const meant = sparesFake ? asked.filter(({ accountId }) => this.#labels.get(accountId) !== 'fake') : asked;
    return {
      accounts: meant.map(({ accountId, decisionId }) => ({ accountId, decisionId })),
      decisions: this.#decisions,
      labelledGenuine: meant.filter(({ accountId }) => this.#labels.get(accountId) === 'genuine').length,
      free: all.length - standing.length,
      others: standing.length - asked.length,
      foundFake: asked.length - meant.length,
      unknown: this.#unknown(),
    };
  }

  #remember(kind: string, name: string): void {
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, names);
    if (names.size < namesMax) names.add(name);
    const asked = this.#asked[kind];
    if (asked !== undefined && (name === asked || isOfAnyVersion(kind, name, asked))) this.#named.add(kind);
  }

  #unknown(): string[] {
    const { matched: _matched, ...asked } = this.#asked;
    return Object.entries(asked).flatMap(([kind, name]) => {
      if (name === undefined || this.#named.has(kind)) return [];
      if (kind === 'rule' && this.#named.has('matched'))
        return [`The rule ${name} asked for none of the decisions: it was watched, or others asked for more.`];
      return [noneNames(kind, name, [...(this.#names.get(kind) ?? [])])];
    });
  }
}

function isByAccountsAlone({ accounts, label: _label, ...others }: Criteria): boolean {
  return accounts !== undefined && Object.values(others).every((value) => value === undefined);
}

/** Whether accounts are named, and nothing that may have acted on them. */
function isByAccounts({ rule, model, policy, list, group }: Criteria): boolean {
  return [rule, model, policy, list, group].every((criterion) => criterion === undefined);
}

function fits(criteria: Criteria, subject: string, timeMs: number, data: WireDecision['data']): boolean {
  const { label, accounts, rule, model, policy, list, group, fromMs = -Infinity, toMs = Infinity } = criteria;
  // Nothing is lifted where nothing was done.
  if (label === 'genuine' && data.action === 'allow') return false;
  // What a person said is no machine's doing, though it names model and policy: a bad model's work is lifted, and not what reviewers found.
  if (data.cause.kind === 'label' && !isByAccounts(criteria)) return false;
  return (
    timeMs >= fromMs &&
    timeMs < toMs &&
    (accounts === undefined || accounts.has(subject)) &&
    (rule === undefined || isByRule(rule, label, data)) &&
    (model === undefined || (data.cause.kind !== 'list' && isVersion(model, data.model))) &&
    (policy === undefined || data.policy.sha256.startsWith(policy)) &&
    (list === undefined || isByList(list, data)) &&
    (group === undefined || data.cohort === group || (data.cause.kind === 'group' && data.cause.cohort === group))
  );
}

/** What is lifted, a rule has asked for; what is blocked, a rule may have seen while it was only watched. */
function isByRule(rule: Versioned<number>, label: Label, { rules, matched = [] }: WireDecision['data']): boolean {
  const fired = label === 'genuine' ? rules : [...rules, ...matched];
  return fired.some(({ id, version }) => isVersion(rule, { name: id, version }));
}

function isByList(
  list: string,
  { cause, listed = [], restrained_by: restrainedBy = [] }: WireDecision['data'],
): boolean {
  if (cause.kind === 'list' && cause.list === list) return true;
  if (listed.some((entry) => entry.list === list && entry.kind === 'deny')) return true;
  return restrainedBy.some((by) => by === `list:${list}` || by.startsWith(`list:${list}:`));
}

function isVersion<Version>(
  wanted: Versioned<Version>,
  { name, version }: { name: string; version: Version },
): boolean {
  return name === wanted.name && (wanted.version === undefined || version === wanted.version);
}

/** What a decision names that a command may ask for, with its version where it has one. */
function namedIn(data: WireDecision['data'], label: Label): readonly (readonly [kind: string, name: string])[] {
  const { rules, matched = [], model, policy, cohort, cause, listed = [], restrained_by: restrainedBy = [] } = data;
  const lists = restrainedBy.filter((by) => by.startsWith('list:')).map((by) => by.split(':')[1]!);
  if (cause.kind === 'list') lists.push(cause.list);
  return [
    ...rules.map(({ id, version }) => ['rule', `${id}@${version}`] as const),
    ...matched.map(({ id, version }) => [label === 'fake' ? 'rule' : 'matched', `${id}@${version}`] as const),
    ['model', `${model.name}@${model.version}`],
    ['policy', policy.sha256],
    ...[...lists, ...listed.map(({ list }) => list)].map((list) => ['list', list] as const),
    ...(cohort === undefined ? [] : [['group', cohort] as const]),
  ];
}

function textOf({ name, version }: Versioned<number | string>): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** Whether one is asked for by its name alone, or by how it begins. */
function isOfAnyVersion(kind: string, known: string, asked: string): boolean {
  return kind === 'policy' ? known.startsWith(asked) : known.startsWith(`${asked}@`);
}

function noneNames(kind: string, name: string, known: readonly string[]): string {
  const told = known.slice(0, toldMax).join(', ');
  const others = known.length > toldMax ? `${told} and ${known.length - toldMax} others` : told;
  const [bare] = name.split('@');
  const near = suggestion(
    bare!,
    [...new Set(known.map((one) => one.split('@')[0]!))].filter((one) => one !== bare),
  );
  return `No decision names the ${kind} ${name}.${near} ${known.length === 0 ? `None names any ${kind}.` : `They name ${others}.`}`;
}
