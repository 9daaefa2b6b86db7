/**
 * A policy by which what stands for accounts changes all the time, by rules that ask the events alone: so what is decided does not depend on
 * the order of partitions. By what history says, only scores do.
 */
export const byEvents = {
  version: 'by-events',
  thresholds: { challenge: 0.999_998, review: 0.999_999, block: 1 },
  standing: { challenge: '5m', review: '10m', block: '15m' },
  rules: [
    { on: ['account.signup'], when: 'event.data.status == "succeeded"', then: 'challenge' },
    { on: ['content.created'], when: 'event.data.kind == "post"', then: 'review' },
    { on: ['social.request_sent'], when: 'event.data.verb == "follow"', then: 'block' },
  ].map((rule) => ({ ...rule, id: `asks-${rule.then}`, version: 1, reason: 'It is so' })),
};
