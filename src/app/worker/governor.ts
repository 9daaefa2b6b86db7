import type { Config } from '../../config/schema.ts';
import type { GovernorSettings } from '../../domain/governor.ts';

/** The settings of the governor, in the units that it counts in. */
export function governorSettings({ governor }: Pick<Config, 'governor'>): GovernorSettings {
  const { signupPercentMax, overturnedPercentMax, probationPercent, retryPercent, ...counts } = governor;
  return {
    ...counts,
    signupShareMax: signupPercentMax / 100,
    overturnedShareMax: overturnedPercentMax / 100,
    probationShare: probationPercent / 100,
    retryShare: retryPercent / 100,
  };
}
