import type { Recruiter } from '../life.ts';
import { agedSleepers } from './aged-sleepers.ts';
import { bulkScript } from './bulk-script.ts';
import { followSpam } from './follow-spam.ts';
import type { CampaignKind } from './kinds.ts';
import { residentialProxies } from './residential-proxies.ts';
import { romanceScam } from './romance-scam.ts';
import { simFarm } from './sim-farm.ts';
import { slowDrip } from './slow-drip.ts';
import { synchronisedEngagement } from './synchronised-engagement.ts';

/** Each kind's recruiter, and its weight among the fake accounts; only ratios matter. */
export const campaigns: Readonly<Record<CampaignKind, { readonly weight: number; readonly recruit: Recruiter }>> = {
  'bulk-script': { weight: 18, recruit: bulkScript },
  'residential-proxies': { weight: 16, recruit: residentialProxies },
  'sim-farm': { weight: 14, recruit: simFarm },
  'slow-drip': { weight: 11, recruit: slowDrip },
  'aged-sleepers': { weight: 12, recruit: agedSleepers },
  'synchronised-engagement': { weight: 12, recruit: synchronisedEngagement },
  'follow-spam': { weight: 9, recruit: followSpam },
  'romance-scam': { weight: 8, recruit: romanceScam },
};
