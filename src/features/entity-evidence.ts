import type { ListType } from '../domain/list-entry.ts';
import { featureNames } from './catalogue.ts';
import { featureCount } from './extract.ts';

/**
 * How the names begin of those features that are evidence of one kind of entity: what is counted at it or said of it. Of an address that is
 * all that is counted within its network too. An account has none: who lets an account through asks for no evidence at all.
 */
const address = [
  'ip_',
  'network_',
  'site_',
  'client_',
  'cohort_',
  'name_shape_',
  'name_stem_',
  'country_differs_',
] as const;
const beginnings: Readonly<Record<Exclude<ListType, 'account'>, readonly string[]>> = {
  email: ['mailbox_', 'email_local_', 'email_has_alias'],
  email_domain: ['email_domain_', 'email_is_disposable', 'email_is_free'],
  phone: ['phone_'],
  ip: address,
  cidr: address,
  device: ['device_'],
  username_template: ['name_shape_', 'site_shape_', 'cohort_'],
  asn: ['asn_'],
};

/** The columns of the features that are evidence of an entity of each type. */
export const evidenceColumns: Readonly<Record<ListType, readonly number[]>> = {
  account: [],
  ...(Object.fromEntries(
    Object.entries(beginnings).map(([type, starts]) => [
      type,
      [...featureNames.keys()].filter((column) => starts.some((start) => featureNames[column]!.startsWith(start))),
    ]),
  ) as Record<keyof typeof beginnings, number[]>),
};

/**
 * Makes the features missing that are evidence of an entity, in one row of a matrix: then neither a score nor a rule can hold them against
 * anybody.
 * @param features [rows × featureCount]
 */
export function silence(features: Float32Array, row: number, type: ListType): void {
  for (const column of evidenceColumns[type]) features[row * featureCount + column] = NaN;
}
