import { HashedCache } from './hashed-cache.ts';

/** User agents remembered. */
export const userAgentsMax = 8_192;
/** What stands behind is not read: real ones are about 150 long. */
const userAgentLengthMax = 512;

type AutomationTest = (userAgent: string) => boolean;

export async function loadAutomation(): Promise<AutomationTest> {
  const { isbot } = await import('isbot');
  return isbot;
}

/** Whether a user agent calls itself a program; undefined without the list, or for the empty text. */
export function automationLookUp(test: AutomationTest | undefined): (userAgent: string) => boolean | undefined {
  const seen = new HashedCache<boolean>(userAgentsMax);
  return (userAgent) => {
    if (userAgent === '' || test === undefined) return undefined;
    return seen.get(userAgent.length > userAgentLengthMax ? userAgent.slice(0, userAgentLengthMax) : userAgent, test);
  };
}
