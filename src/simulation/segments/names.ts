/** Every kind of honest people. */
export const segmentNames = [
  'ordinary',
  'lurker',
  'power-user',
  'fast-form',
  'relay-mail',
  'odd-username',
  'reported-genuine',
  'carrier-nat',
  'university',
  'household',
  'shared-device',
  'traveller',
  'vpn',
  'viral-burst',
  'enthusiast',
  'returner',
  'address-book',
  'seller',
  'school-class',
  'pen-pal',
  'office',
] as const;

export type SegmentName = (typeof segmentNames)[number];

/** Those who share what accounts of one hand share: they come where a world names them, and into no drawn one. */
export const lookAlikeNames = ['campaign-day', 'one-phone-model', 'staff'] as const;
export type LookAlikeName = (typeof lookAlikeNames)[number];
