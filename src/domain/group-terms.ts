import { createHash } from 'node:crypto';
import { groupEdgeKinds, type EdgeKind } from './group-verdict.ts';

/** Whether groups act (`enforce`), are only watched (`shadow`), or are not sought at all. */
export const groupModes = ['enforce', 'shadow', 'off'] as const;
export type GroupMode = (typeof groupModes)[number];

/** Ways in which an account may show that somebody stands behind it. */
export const proofsOfPerson = ['email', 'phone'] as const;
export type ProofOfPerson = (typeof proofsOfPerson)[number];

/** When accounts that share something are taken for the work of one hand: the section `groups` of a policy. */
export interface GroupTerms {
  readonly mode: GroupMode;
  /** What ties accounts; the other kinds are not even remembered. */
  readonly edges: ReadonlySet<EdgeKind>;
  /** A value that more accounts have ties none of them. 2 to `holdersBoundMax`. */
  readonly holdersMax: number;
  /** Accounts with evidence of their own from which a group is to be looked at, and from which it may be blocked. */
  readonly reviewAccountsMin: number;
  readonly blockAccountsMin: number;
  /** Accounts above which no group is blocked without a person. */
  readonly blockAccountsMax: number;
  /** Bits that a value must weigh by which a group is looked at; and that independent ties must weigh together for a block. */
  readonly reviewWeightMin: number;
  readonly blockWeightMin: number;
  /** The score from which an account has evidence of its own. 0 to 1. */
  readonly evidenceScoreMin: number;
  /** Of the accounts of a group, the share that must have such evidence. 0 to 1. */
  readonly evidenceShareMin: number;
  /** Milliseconds of age from which an account is exempt. */
  readonly exemptAgeMs: number;
  /** What an account that has proven it is exempt by. */
  readonly exemptProofs: ReadonlySet<ProofOfPerson>;
  /** Exempt accounts above this share of a group let nobody of it be blocked. 0 to 1. */
  readonly exemptShareMax: number;
}

const hashDigits = 16;

/** Stands for terms, whether they act or not: 16 hexadecimal digits, the same for the same terms. */
export function hashOfTerms({ mode: _mode, edges, exemptProofs, ...numbers }: GroupTerms): string {
  const text = JSON.stringify([
    [...edges].toSorted(),
    [...exemptProofs].toSorted(),
    Object.entries(numbers).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, hashDigits);
}

/** The most holders of one value that a store keeps; one more, and it is known to be common. */
export const holdersBoundMax = 128;

const dayMs = 86_400_000;

export const groupDefaults: GroupTerms = Object.freeze({
  // To seek them costs up to a fifth of the path, which nobody pays who did not ask for it.
  mode: 'off',
  // Texts are written all the time, by everybody: they have a price, and what is shared may be a greeting.
  edges: new Set(groupEdgeKinds.filter((kind) => kind !== 'text')),
  holdersMax: 100,
  reviewAccountsMin: 4,
  blockAccountsMin: 8,
  blockAccountsMax: 60,
  reviewWeightMin: 4,
  blockWeightMin: 10,
  evidenceScoreMin: 0.5,
  evidenceShareMin: 0.5,
  exemptAgeMs: 30 * dayMs,
  exemptProofs: new Set<ProofOfPerson>(['phone']),
  exemptShareMax: 0.05,
});
