/** From which score each action is asked for. */
export interface RingThresholds {
  readonly challenge: number;
  readonly review: number;
  readonly block: number;
}

/**
 * A policy by which a ring of accounts is blocked by what its accounts share, and nobody for anything else: whoever signs up is challenged, so that
 * each has evidence of its own.
 * @param thresholds as far up as the model of the test needs them.
 */
export function ringPolicy({ challenge, review, block }: RingThresholds): string {
  return `
version: groups
thresholds: { challenge: ${challenge}, review: ${review}, block: ${block} }
standing: { challenge: forever, review: forever, block: forever }
groups:
  mode: enforce
  edges: [device, avatar]
  review: { accounts_min: 4, weight_min: 0 }
  block: { accounts_min: 4, accounts_max: 60, weight_min: 0 }
  exempt: { verified: [], share_max: 0 }
rules:
  - id: everybody
    version: 1
    on: [account.signup]
    when: event.data.status == "succeeded"
    then: challenge
    reason: 'Somebody signed up'
`;
}
