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

export type CampaignKind = (typeof campaignKinds)[number];
