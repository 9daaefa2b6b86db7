import { personal } from './malformed.ts';
import type { EventMessage } from './stream.ts';

const minuteMs = 60_000;

/** More that is personal and is not to be repeated: other addresses, and what people wrote of themselves. */
export const morePersonal = {
  ipv6: '2001:db8:77aa:19::4d2',
  display_name: 'Marker Zq Displayname',
  bio: 'a biography with a marker zqbio',
  user_agent: 'Mozilla/5.0 (marker-zq-agent; rv:1.0) Gecko',
  target: 'acc_marker_target',
  text_hash: 'a1b2c3d4e5f60718',
  link_domain: 'marker-zq-link.example',
};

/** One device and one address that make accounts in bulk: enough for rules to fire, and for reasons to be given. */
export function campaign(nowMs: number, accounts: number): EventMessage[] {
  const { ip, device_id, email, phone, username } = personal;
  return Array.from({ length: accounts }, (_, index) => {
    const subject = `acc_${index}`;
    const context = { ip: index % 2 === 0 ? ip : morePersonal.ipv6, device_id, user_agent: morePersonal.user_agent };
    const timeMs = nowMs - (accounts - index) * minuteMs;
    const event = (id: string, type: string, data: object): EventMessage => {
      const time = new Date(timeMs).toISOString();
      const envelope = { specversion: '1.0', id: `${id}-${index}`, source: '/tests', type, subject, time };
      return { key: subject, value: JSON.stringify({ ...envelope, data: { ...data, context } }) };
    };
    const { display_name, bio, target, text_hash, link_domain } = morePersonal;
    return [
      event('signup', 'account.signup', {
        status: 'succeeded',
        email: index % 2 === 0 ? email : email.replace('@', `+${index}@`),
        phone,
        username,
        display_name,
        form_ms: 800,
      }),
      event('profile', 'account.profile_updated', { username, display_name, bio }),
      event('content', 'content.created', { kind: 'post', target, text_hash, link_domains: [link_domain] }),
    ];
  }).flat();
}
