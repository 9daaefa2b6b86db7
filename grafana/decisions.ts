import type { DashboardDescription } from './dashboard.ts';
import { above0, by, increase, of, perSecond, recorded } from './queries.ts';

const enforced = ',mode="enforce"';

/** Of each segment within an hour: few events a minute say nothing of a country. */
const ofHour = (metric: string): string => `${by('segment')} (increase(${of(metric)}[1h]))`;

/** What is decided, by what, and what holds it back. */
export const decisions: DashboardDescription = {
  file: 'decisions.json',
  uid: 'winnow-decisions',
  title: 'Winnow: Decisions',
  description: 'What is decided, by which rules, groups and lists, and what holds it back.',
  rows: [
    {
      title: 'Status of what is decided',
      panels: [
        {
          title: 'Blocks beside yesterday',
          question: 'Is more being blocked than usual?',
          description:
            'How many times as many events are blocked as in the day before; a day with less than one in ten thousand counts as one.',
          shape: 'status',
          thresholds: ['green', [2, 'yellow'], [3, 'red']],
          runbook: 'WinnowBlockRateJump',
          unit: 'short',
          width: 6,
          none: 'no yesterday',
          queries: [
            {
              legend: '',
              expression: `max (${recorded('winnow:blocks_per_event:ratio_rate10m')} / clamp_min(avg_over_time(${recorded('winnow:blocks_per_event:ratio_rate10m')}[1d] offset 30m), 0.0001))`,
            },
          ],
        },
        {
          title: 'Causes held',
          question: 'Has something blocked too many?',
          description: 'Rules, models, lists and groups that the governor holds, each in each segment.',
          shape: 'status',
          thresholds: ['green', [1, 'red']],
          runbook: 'WinnowGovernorTripped',
          unit: 'short',
          width: 6,
          queries: [{ legend: '', expression: `max (${of('winnow_governor_tripped')})` }],
        },
        {
          title: 'Kill switch',
          question: 'Has a person stopped all blocks?',
          description: '1 while a person has ordered that nothing blocks by itself.',
          shape: 'status',
          thresholds: ['green', [1, 'yellow']],
          runbook: 'WinnowKillSwitch',
          unit: 'short',
          width: 6,
          queries: [{ legend: '', expression: `max (${of('winnow_kill_switch')})` }],
        },
        {
          title: 'Members that cannot read lists or orders',
          question: 'Does everybody know the lists, and what people order?',
          description: 'Those that are known hold on; changes are not seen.',
          shape: 'status',
          thresholds: ['green', [1, 'yellow']],
          runbook: 'WinnowListsAway',
          unit: 'short',
          width: 6,
          queries: [{ legend: '', expression: `sum (${of('winnow_lists_away')}) + sum (${of('winnow_orders_away')})` }],
        },
      ],
    },
    {
      title: 'What is decided',
      panels: [
        {
          title: 'Decisions by action',
          question: 'What is decided?',
          description:
            'Decisions delivered, by action and mode. Shadow decisions act on nobody. Compare with the loads in the row Model when it steps.',
          unit: 'cps',
          width: 12,
          none: 'no decision seen',
          queries: [
            {
              legend: '{{action}} ({{mode}})',
              expression: above0(perSecond('winnow_decisions_total', 'action, mode')),
            },
          ],
        },
        {
          title: 'Blocks per event',
          question: 'Is more being blocked than usual?',
          description:
            'Enforced blocks as a share of all events. A jump is an attack, a new policy or a broken model: look at events by type, then at scores and rules.',
          unit: 'percentunit',
          width: 12,
          queries: [
            {
              legend: 'blocks per event',
              action: 'block',
              expression: `${perSecond('winnow_decisions_total', '', `,action="block"${enforced}`)} / ${perSecond('winnow_events_total')}`,
            },
          ],
        },
      ],
    },
    {
      title: 'Whom it meets',
      panels: [
        {
          title: 'Blocks by segment',
          question: 'Does one part of the platform bear the blocks?',
          description:
            'Blocks per event of the last hour in the ten segments in which it is highest, of those with a hundred events: countries, kinds of operators, kinds of mail providers. One far above the others is an attack from there, or a rule that means them.',
          unit: 'percentunit',
          width: 12,
          none: 'no segment with a hundred events',
          queries: [
            {
              legend: '{{segment}}',
              expression: `topk(10, ${ofHour('winnow_segment_blocks_total')} / ${ofHour('winnow_segment_events_total')} and ${ofHour('winnow_segment_events_total')} > 100)`,
            },
          ],
        },
        {
          title: 'Labels',
          question: 'Do people still tell us what is true?',
          description:
            'What people and honeypots say of accounts. None: nobody reviews, or the topic of labels is not written.',
          unit: 'short',
          width: 6,
          none: 'no label seen',
          queries: [
            { legend: '{{label}} by {{by}}', expression: above0(increase('winnow_labels_total', 'by, label')) },
          ],
        },
        {
          title: 'Overturned share',
          question: 'How much of what machines did do people take back?',
          description:
            'Standing actions that people weakened within a day, as a share of the decisions of that action within the same day. Rising blocks: genuine people are locked out.',
          unit: 'percentunit',
          width: 6,
          none: 'no standing action seen',
          queries: [
            {
              legend: '{{action}}',
              expression: `${by('action')} (increase(${of('winnow_standings_overturned_total')}[1d])) / ${by('action')} (increase(${of('winnow_decisions_total', ',action!="allow",mode="enforce"')}[1d]))`,
            },
          ],
        },
      ],
    },
    {
      title: 'By which rules',
      panels: [
        {
          title: 'Rules fired',
          question: 'Which rules decide?',
          description:
            'The fifteen rules that fire most. Counters begin again when a policy is loaded. A rule that fires for everyone is wrong, whatever it says.',
          unit: 'cps',
          width: 12,
          none: 'none seen',
          queries: [
            {
              legend: '{{rule}} ({{mode}})',
              expression: above0(`topk(15, ${perSecond('winnow_rule_fired_total', 'rule, mode')})`),
            },
          ],
        },
        {
          title: 'Rules without an answer',
          question: 'Which rules cannot see what they ask for?',
          description:
            'Rules that did not fire because the event lacked a member that they read, or because they failed. A rule that is always here is written wrong.',
          unit: 'cps',
          width: 12,
          none: 'none seen',
          queries: [
            {
              legend: '{{rule}} ({{cause}})',
              expression: above0(`topk(15, ${perSecond('winnow_rule_unanswered_total', 'rule, cause')})`),
            },
          ],
        },
      ],
    },
    {
      title: 'What is held back',
      panels: [
        {
          title: 'Decisions held back',
          question: 'What was asked for and not done?',
          description: 'What was asked for and not done, by what held it; and the share of the features that are far.',
          unit: 'short',
          width: 8,
          none: 'none seen',
          queries: [
            { legend: 'held back by {{by}}', expression: above0(increase('winnow_decisions_restrained_total', 'by')) },
            {
              legend: 'causes held by the governor',
              expression: above0(`max by (job) (${of('winnow_governor_tripped')})`),
            },
            { legend: 'share of features far', expression: above0(`max by (job) (${of('winnow_drift_far_share')})`) },
          ],
        },
        {
          title: 'Trips of the governor',
          question: 'What kind of cause blocked too many, and by which cap?',
          description:
            'Each is told in the log with its name and its segment. A rule: look at the rule; list: at the entry.',
          unit: 'short',
          width: 8,
          none: 'none seen',
          queries: [
            {
              legend: '{{kind}}: {{reason}}',
              expression: above0(increase('winnow_governor_trips_total', 'kind, reason')),
            },
          ],
        },
        {
          title: 'Standing actions that ended unseen',
          question: 'Does what we hold up for people reach people?',
          description:
            'Standing actions that a weaker one replaced since their time was over, and that nobody had looked at. Many: more is sent to review than is reviewed.',
          unit: 'short',
          width: 8,
          none: 'none seen',
          queries: [{ legend: '{{action}}', expression: above0(increase('winnow_standings_expired_total', 'action')) }],
        },
      ],
    },
    {
      title: 'Groups and lists',
      panels: [
        {
          title: 'What groups say',
          question: 'How many accounts are decided by their group?',
          description:
            'Accounts by what their group asks for; allow takes back what it said before. Shadow: what groups would say that are only watched.',
          unit: 'cps',
          width: 8,
          none: 'nothing: groups are off, or find nobody',
          queries: [
            {
              legend: '{{action}} ({{mode}})',
              expression: above0(perSecond('winnow_group_verdicts_total', 'action, mode')),
            },
            { legend: 'groups formed ({{mode}})', expression: above0(perSecond('winnow_groups_formed_total', 'mode')) },
          ],
        },
        {
          title: 'Lists',
          question: 'What do the lists find?',
          description:
            'Events that the entries of a list found, records that were refused, and members that cannot read the lists.',
          unit: 'short',
          width: 8,
          none: 'nothing found',
          queries: [
            { legend: 'found by {{list}}', expression: above0(increase('winnow_list_hits_total', 'list')) },
            { legend: 'records refused', expression: above0(increase('winnow_list_entries_refused_total', 'job')) },
            { legend: 'members without lists', expression: above0(`sum by (job) (${of('winnow_lists_away')})`) },
          ],
        },
        {
          title: 'Entries of the lists',
          question: 'How long are the lists?',
          description: 'Entries, expired ones too. A step is an import; one that only grows is never tidied.',
          unit: 'short',
          width: 8,
          none: 'no entries',
          queries: [{ legend: '{{list}}', expression: `max by (list) (${of('winnow_list_entries')})` }],
        },
      ],
    },
  ],
};
