import type { Recruiter } from '../life.ts';
import { agedSleepers } from './aged-sleepers.ts';
import { bulkScript } from './bulk-script.ts';
import { followSpam } from './follow-spam.ts';
import { hybrid } from './hybrid.ts';
import type { CampaignKind } from './kinds.ts';
import { oneHand } from './one-hand.ts';
import { residentialProxies } from './residential-proxies.ts';
import { romanceScam } from './romance-scam.ts';
import { simFarm } from './sim-farm.ts';
import { slowDrip } from './slow-drip.ts';
import { synchronisedEngagement } from './synchronised-engagement.ts';

/** Each kind's recruiter. */
export const campaigns: Readonly<Record<CampaignKind, Recruiter>> = {
  'bulk-script': bulkScript,
  'residential-proxies': residentialProxies,
  'sim-farm': simFarm,
  'slow-drip': slowDrip,
  'aged-sleepers': agedSleepers,
  'synchronised-engagement': synchronisedEngagement,
  'follow-spam': followSpam,
  'romance-scam': romanceScam,
  hybrid,
  'one-hand': oneHand,
};
