/** Every kind of campaign, simplest first. */
export const campaignKinds = [
  'bulk-script',
  'residential-proxies',
  'sim-farm',
  'slow-drip',
  'aged-sleepers',
  'synchronised-engagement',
  'follow-spam',
  'romance-scam',
  'hybrid',
] as const;

/** Kinds that come into no world unless they are asked for. */
export const askedCampaignKinds = ['one-hand'] as const;

export type CampaignKind = (typeof campaignKinds)[number] | (typeof askedCampaignKinds)[number];
