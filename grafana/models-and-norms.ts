import type { DashboardDescription } from './dashboard.ts';
import { above0, by, increase, of, percentile, perSecond } from './queries.ts';

/** Share of the events that a model and the champion both scored for which they ask for the same action. */
const agreeing = (role: string): string => {
  const same = ['allow', 'challenge', 'review', 'block'].map(
    (action) =>
      `${perSecond('winnow_panel_events_total', '', `,role="${role}",champion="${action}",own="${action}"`)} or vector(0)`,
  );
  return `(${same.map((each) => `(${each})`).join(' + ')}) / ${perSecond('winnow_panel_events_total', '', `,role="${role}"`)}`;
};

/** Which models, policies and norms decide, and whether they still fit. */
export const modelsAndNorms: DashboardDescription = {
  file: 'models-and-norms.json',
  uid: 'winnow-models-and-norms',
  title: 'Winnow: Models and norms',
  description:
    'Which models, policies and norms the fleet has in force, what they say, and whether they still fit what comes.',
  rows: [
    {
      title: 'Status of models and norms',
      panels: [
        {
          title: 'Champions in the fleet',
          question: 'Do all decide by the same model?',
          description:
            'Different models that are served. More than one for longer than a roll-out: a member refused it.',
          shape: 'status',
          thresholds: ['red', [1, 'green'], [2, 'yellow']],
          runbook: 'WinnowVersionsDiffer',
          unit: 'short',
          width: 6,
          queries: [
            { legend: '', expression: `count (count by (name, version, sha256) (${of('winnow_model_info')}))` },
          ],
        },
        {
          title: 'Refused within the hour',
          question: 'Was anything refused?',
          description: 'Bundles, policies and norms that were not taken, or from which a member fell back.',
          shape: 'status',
          thresholds: ['green', [0.5, 'yellow']],
          runbook: 'WinnowModelRefused',
          unit: 'short',
          width: 6,
          queries: [
            {
              legend: '',
              expression: `sum (increase(${of('winnow_model_loads_total', ',result!="loaded"')}[1h])) + sum (increase(${of('winnow_policy_loads_total', ',result="refused"')}[1h])) + sum (increase(${of('winnow_norms_loads_total', ',result="refused"')}[1h]))`,
            },
          ],
        },
        {
          title: 'Members whose score may not block',
          question: 'Does the score count?',
          description: 'Members at which drift, or norms that are missing, hold the score back.',
          shape: 'status',
          thresholds: ['green', [1, 'yellow']],
          runbook: 'WinnowDrift',
          unit: 'short',
          width: 6,
          queries: [{ legend: '', expression: `sum (${of('winnow_score_held')})` }],
        },
        {
          title: 'Features far from the norms',
          question: 'Does what comes fit the model?',
          description: 'Share of the features that are far from the norms in the last window.',
          shape: 'status',
          thresholds: ['green', [0.1, 'yellow'], [0.25, 'red']],
          runbook: 'WinnowDrift',
          unit: 'percentunit',
          width: 6,
          queries: [{ legend: '', expression: `max (${of('winnow_drift_far_share')})` }],
        },
      ],
    },
    {
      title: 'Versions in the fleet',
      panels: [
        {
          title: 'Processes by model',
          question: 'Does the whole fleet serve one model?',
          description:
            'How many processes serve which champion. Two lines for longer than a roll-out takes: a process refused the bundle.',
          shape: 'stacked',
          unit: 'short',
          width: 8,
          queries: [
            {
              legend: '{{name}} {{version}} ({{sha256}})',
              expression: `${by('name, version, sha256')} (${of('winnow_model_info')})`,
            },
          ],
        },
        {
          title: 'Processes by policy',
          question: 'Does the whole fleet decide by one policy and one set of norms?',
          description:
            'How many processes have which policy in force. Two lines for longer than a roll-out takes: a process refused it.',
          unit: 'short',
          width: 8,
          queries: [
            { legend: 'policy {{version}}', expression: `${by('version')} (${of('winnow_policy_info')})` },
            { legend: 'norms {{version}}', expression: `${by('version')} (${of('winnow_norms_info')})` },
            { legend: 'score held: {{by}}', expression: `${by('by')} (${of('winnow_score_held')}) > 0` },
          ],
        },
        {
          title: 'Loads of models and policies',
          question: 'Was something loaded, or refused?',
          description: 'Bundles and policies tried. Refused or fell_back: the log says why, and the former one serves.',
          unit: 'short',
          width: 8,
          none: 'nothing loaded',
          queries: [
            { legend: 'model {{result}}', expression: above0(increase('winnow_model_loads_total', 'result')) },
            { legend: 'policy {{result}}', expression: above0(increase('winnow_policy_loads_total', 'result')) },
            { legend: 'norms {{result}}', expression: above0(increase('winnow_norms_loads_total', 'result')) },
            { legend: 'registry {{result}}', expression: above0(increase('winnow_registry_looks_total', 'result')) },
          ],
        },
      ],
    },
    {
      title: 'Scores',
      panels: [
        {
          title: 'Scores',
          question: 'What does the model say of everybody?',
          description:
            'Distribution of scores. A band that moves after a load is the new model; one that moves by itself is drift.',
          shape: 'heatmap',
          unit: 'short',
          width: 12,
          queries: [{ legend: '{{le}}', expression: increase('winnow_score_bucket', 'le') }],
        },
        {
          title: 'Score percentiles',
          question: 'Do scores move over days?',
          description: 'The same scores as numbers, for comparison over days.',
          unit: 'percentunit',
          width: 12,
          queries: [0.5, 0.9, 0.99].map((quantile) => ({
            legend: `p${quantile * 100}`,
            expression: percentile(quantile, 'winnow_score'),
          })),
        },
      ],
    },
    {
      title: 'Models beside the champion',
      panels: [
        {
          title: 'Events on which they differ',
          question: 'Would another model decide otherwise?',
          description:
            'Of the events that both scored, the share for which a canary or a challenger asks for another action than the champion. Which accounts those are: winnow model diff.',
          unit: 'percentunit',
          width: 8,
          none: 'no model beside the champion',
          queries: (['canary', 'challenger'] as const).map((role) => ({
            legend: role,
            expression: `1 - ${agreeing(role)} >= 0`,
          })),
        },
        {
          title: 'What they cost',
          question: 'What do the other models take of a core?',
          description:
            'Part of one core. Challengers may take model.challengers.batchMsMax of each batch; events beyond are skipped.',
          unit: 'percentunit',
          width: 8,
          none: 'no model beside the champion',
          queries: [
            { legend: '{{role}}', expression: above0(perSecond('winnow_panel_seconds_total', 'role')) },
            { legend: 'events skipped, a second', expression: above0(perSecond('winnow_panel_skipped_total')) },
          ],
        },
        {
          title: 'Share of accounts, failures and withdrawals',
          question: 'Is the canary alive, and how much has it?',
          description:
            'What a canary has of all accounts, batches in which a model failed, and canaries that a rule withdrew: the reason is in the log.',
          unit: 'short',
          width: 8,
          none: 'no model beside the champion',
          queries: [
            {
              legend: '{{role}} {{name}} {{version}}',
              expression: `${by('role, name, version')} (${of('winnow_panel_share')})`,
            },
            { legend: '{{role}} failed', expression: above0(increase('winnow_panel_failures_total', 'role')) },
            { legend: 'withdrawn', expression: above0(increase('winnow_canary_withdrawals_total', 'job')) },
          ],
        },
        {
          title: 'Scores beside the champion',
          question: 'Does another model lean to one side?',
          description:
            'Sum of what its scores are above the champion’s, and below: both alike is noise, one alone a lean.',
          unit: 'short',
          width: 12,
          none: 'no model beside the champion',
          queries: [
            {
              legend: '{{role}} {{direction}}',
              expression: above0(perSecond('winnow_panel_score_shift_total', 'role, direction')),
            },
          ],
        },
        {
          title: 'Decisions of challengers that were lost',
          question: 'Is the comparison whole?',
          description:
            'Their topic did not take them in time. They act on nobody: what is missing is missing in the comparison alone.',
          unit: 'short',
          width: 12,
          none: 'none seen',
          queries: [{ legend: 'dropped', expression: above0(increase('winnow_shadow_dropped_total', 'job')) }],
        },
      ],
    },
    {
      title: 'Norms',
      panels: [
        {
          title: 'Drift from the norms',
          question: 'Is what comes still what the model was made for?',
          description:
            'Population stability index of the features that are furthest from the norms, and of the score, in the last window: 0.1 is some, 0.25 much.',
          unit: 'short',
          width: 12,
          none: 'no norms yet',
          queries: [
            { legend: '{{feature}}', expression: `topk(10, max by (feature) (${of('winnow_drift')}))` },
            { legend: 'score', expression: `max by (feature) (${of('winnow_drift', ',feature="score"')})` },
          ],
        },
        {
          title: 'Norms that are being gathered',
          question: 'When will norms of this platform be there?',
          description:
            'Events that members have gathered. Once there were enough they are offered, and wait for a person to adopt them.',
          unit: 'short',
          width: 6,
          queries: [
            { legend: 'events', expression: `sum (${of('winnow_norms_gathered_events')})` },
            { legend: 'members that offer norms', expression: `sum (${of('winnow_norms_offered')})` },
          ],
        },
        {
          title: 'Time over which norms are gathered',
          question: 'Are the days of a week in them?',
          description: 'From the first event gathered to the last, of the member that has the least.',
          unit: 's',
          width: 6,
          queries: [{ legend: 'time', expression: `min (${of('winnow_norms_gathered_seconds')})` }],
        },
      ],
    },
  ],
};
