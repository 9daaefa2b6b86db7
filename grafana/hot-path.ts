import { buildDashboard, type Row } from './dashboard.ts';

/** A metric of the chosen processes, with further matchers. */
const of = (metric: string, matchers = ''): string => `${metric}{job=~"$job",instance=~"$instance"${matchers}}`;
const by = (labels: string): string => (labels === '' ? 'sum' : `sum by (${labels})`);

const perSecond = (metric: string, labels = '', matchers = ''): string =>
  `${by(labels)} (rate(${of(metric, matchers)}[$__rate_interval]))`;
const increase = (metric: string, labels: string): string =>
  `${by(labels)} (increase(${of(metric)}[$__rate_interval]))`;
const mean = (histogram: string, labels = ''): string =>
  `${perSecond(`${histogram}_sum`, labels)} / ${perSecond(`${histogram}_count`, labels)}`;
const percentile = (quantile: number, histogram: string, labels = 'le'): string =>
  `histogram_quantile(${quantile}, ${perSecond(`${histogram}_bucket`, labels)})`;

/** Share of the events that a model and the champion both scored for which they ask for the same action. */
const agreeing = (role: string): string => {
  const same = ['allow', 'challenge', 'review', 'block'].map(
    (action) =>
      `${perSecond('winnow_panel_events_total', '', `,role="${role}",champion="${action}",own="${action}"`)} or vector(0)`,
  );
  return `(${same.map((each) => `(${each})`).join(' + ')}) / ${perSecond('winnow_panel_events_total', '', `,role="${role}"`)}`;
};

const latency = 'winnow_end_to_end_latency_seconds';
const enforced = ',mode="enforce"';

/** The path of an event from Kafka and back, in the order in which one looks when something is wrong. */
export const hotPathRows: readonly Row[] = [
  {
    title: 'Traffic',
    panels: [
      {
        title: 'What became of records',
        description:
          'Every record ends as a decision, as "nothing to say", or as a dead letter. The sum is the throughput. All at zero while there is lag: nothing moves, see the row Kafka.',
        shape: 'stacked',
        unit: 'recps',
        width: 6,
        queries: [
          { legend: 'decision', expression: perSecond('winnow_decisions_total', '', enforced) },
          { legend: 'nothing to say', expression: perSecond('winnow_silent_total') },
          { legend: 'dead letter', expression: perSecond('winnow_dead_letters_total') },
        ],
      },
      {
        title: 'Events by type',
        description: 'Decoded events. One type that falls to zero is most often a producer that has stopped.',
        shape: 'stacked',
        unit: 'eps',
        width: 6,
        queries: [{ legend: '{{type}}', expression: perSecond('winnow_events_total', 'type') }],
      },
      {
        title: 'Decisions by action',
        description:
          'Decisions delivered, by action and mode. Shadow decisions act on nobody. Compare with the loads in the row Model when it steps.',
        unit: 'cps',
        width: 6,
        queries: [{ legend: '{{action}} ({{mode}})', expression: perSecond('winnow_decisions_total', 'action, mode') }],
      },
      {
        title: 'Blocks per event',
        description:
          'Enforced blocks as a share of all events. A jump is an attack, a new policy or a broken model: look at events by type, then at scores and rules.',
        unit: 'percentunit',
        width: 6,
        queries: [
          {
            legend: 'blocks per event',
            expression: `${perSecond('winnow_decisions_total', '', `,action="block"${enforced}`)} / ${perSecond('winnow_events_total')}`,
          },
        ],
      },
    ],
  },
  {
    title: 'Latency',
    panels: [
      {
        title: 'End-to-end latency',
        description:
          "From a record's timestamp to the acknowledgement of what became of it: waiting in Kafka is in it. High while the steps are quick: the queue is before us, see lag.",
        unit: 's',
        logarithmic: true,
        width: 12,
        queries: [0.5, 0.99, 0.999].map((quantile) => ({
          legend: `p${quantile * 100}`,
          expression: percentile(quantile, latency),
        })),
      },
      {
        title: 'Mean time of a batch, by step',
        description: 'Where the time of a batch goes. The sum is the time that a batch takes.',
        shape: 'stacked',
        unit: 's',
        width: 6,
        queries: [{ legend: '{{step}}', expression: mean('winnow_step_duration_seconds', 'step') }],
      },
      {
        title: 'Slow batches, by step',
        description: 'p99 of each step of a batch. A step that holds (observe, send) shows its retries here.',
        unit: 's',
        logarithmic: true,
        width: 6,
        queries: [{ legend: '{{step}}', expression: percentile(0.99, 'winnow_step_duration_seconds', 'le, step') }],
      },
    ],
  },
  {
    title: 'Kafka',
    panels: [
      {
        title: 'Lag by partition',
        description:
          'Records between us and the end of the partition. All rise: too little capacity. One rises: a held partition or a hot key.',
        unit: 'short',
        width: 6,
        queries: [
          {
            legend: '{{topic}}/{{partition}}',
            expression: `sum by (topic, partition) (${of('winnow_consumer_lag_records')})`,
          },
        ],
      },
      {
        title: 'Records of a batch',
        description: 'Small when there is little to do; at the largest size when we are catching up.',
        unit: 'short',
        width: 6,
        queries: [
          { legend: 'p50', expression: percentile(0.5, 'winnow_batch_records') },
          { legend: 'p99', expression: percentile(0.99, 'winnow_batch_records') },
          { legend: 'mean', expression: mean('winnow_batch_records') },
        ],
      },
      {
        title: 'Holds',
        description:
          'Partitions that wait for the decisions topic or for the dead-letter topic, 1 for the store while it does not answer, and how often waiting began. Nothing is lost while one is held.',
        unit: 'short',
        width: 6,
        queries: [
          { legend: '{{step}} held now', expression: `sum by (step) (${of('winnow_holding')})` },
          { legend: '{{step}} holds begun', expression: increase('winnow_holds_total', 'step') },
        ],
      },
      {
        title: 'Stale records',
        description:
          'Fetched, and dropped unprocessed because the partition had gone to another member. A burst at a rebalance is normal; a steady rate is a group that does not settle.',
        unit: 'recps',
        width: 6,
        queries: [{ legend: 'stale', expression: perSecond('winnow_stale_records_total') }],
      },
      {
        title: 'Lag in seconds',
        description:
          'How old the oldest event may be that is not decided. It grows while Kafka is away, as the number of records does not. One rises: a held partition or a hot key.',
        unit: 's',
        width: 12,
        queries: [
          {
            legend: '{{topic}}/{{partition}}',
            expression: `max by (topic, partition) (${of('winnow_consumer_lag_seconds')})`,
          },
        ],
      },
      {
        title: 'Rebalances',
        description:
          'How often each process joined its group, and for which part of the time it was at that. Often, or long: a member that dies, or misses its heartbeats.',
        unit: 'short',
        width: 12,
        queries: [
          {
            legend: '{{instance}} joined',
            expression: increase('winnow_rebalance_duration_seconds_count', 'instance'),
          },
          {
            legend: '{{instance}} part of the time',
            expression: perSecond('winnow_rebalance_duration_seconds_sum', 'instance'),
          },
        ],
      },
    ],
  },
  {
    title: 'Correctness',
    panels: [
      {
        title: 'Dead letters by code',
        description:
          'Records that are no valid event. The code says why, and the headers of the dead letter say where. A step is most often a deployment of a producer.',
        unit: 'cps',
        width: 6,
        queries: [{ legend: '{{code}}', expression: perSecond('winnow_dead_letters_total', 'code') }],
      },
      {
        title: 'Degraded batches and model failures',
        description:
          'Batches decided while a part was missing, and calls of the model that failed. Anything above zero means decisions of a lesser quality.',
        unit: 'cps',
        width: 6,
        queries: [
          { legend: 'without {{part}}', expression: perSecond('winnow_degraded_batches_total', 'part') },
          { legend: 'model failures', expression: perSecond('winnow_model_failures_total') },
        ],
      },
      {
        title: 'Rules fired',
        description:
          'The fifteen rules that fire most. Counters begin again when a policy is loaded. A rule that fires for everyone is wrong, whatever it says.',
        unit: 'cps',
        width: 6,
        queries: [
          {
            legend: '{{rule}} ({{mode}})',
            expression: `topk(15, ${perSecond('winnow_rule_fired_total', 'rule, mode')})`,
          },
        ],
      },
      {
        title: 'Observations skipped',
        description:
          'Read but not added to history. Replayed: seen before a crash or rebalance, which is normal after one. Duplicate: the producer sent an event twice. Outside: it came when history had gone on too far for it.',
        unit: 'cps',
        width: 6,
        queries: [{ legend: '{{reason}}', expression: perSecond('winnow_observations_skipped_total', 'reason') }],
      },
      {
        title: 'Records misplaced',
        description:
          'Events whose record has no key, or another key than their account: decided, but out of their order. It should be zero.',
        unit: 'cps',
        width: 6,
        queries: [{ legend: '{{reason}}', expression: perSecond('winnow_records_misplaced_total', 'reason') }],
      },
      {
        title: 'Members cut, missing or unreadable',
        description:
          'Events that are decided although an optional member is not as the contract says, or says nothing that can be read. A step of one member is a deployment of a producer; a slow rise is somebody who probes.',
        unit: 'cps',
        width: 18,
        queries: [
          { legend: '{{member}} malformed', expression: perSecond('winnow_members_malformed_total', 'member') },
          { legend: '{{member}} unreadable', expression: perSecond('winnow_members_unreadable_total', 'member') },
        ],
      },
    ],
  },
  {
    title: 'Model',
    panels: [
      {
        title: 'Scores',
        description:
          'Distribution of scores. A band that moves after a load is the new model; one that moves by itself is drift.',
        shape: 'heatmap',
        unit: 'short',
        width: 12,
        queries: [{ legend: '{{le}}', expression: increase('winnow_score_bucket', 'le') }],
      },
      {
        title: 'Processes by model',
        description:
          'How many processes serve which champion. Two lines for longer than a roll-out takes: a process refused the bundle.',
        shape: 'stacked',
        unit: 'short',
        width: 6,
        queries: [
          {
            legend: '{{name}} {{version}} ({{sha256}})',
            expression: `${by('name, version, sha256')} (${of('winnow_model_info')})`,
          },
        ],
      },
      {
        title: 'Processes by policy',
        description:
          'How many processes have which policy in force. Two lines for longer than a roll-out takes: a process refused it.',
        shape: 'stacked',
        unit: 'short',
        width: 6,
        queries: [
          { legend: 'policy {{version}}', expression: `${by('version')} (${of('winnow_policy_info')})` },
          { legend: 'norms {{version}}', expression: `${by('version')} (${of('winnow_norms_info')})` },
          { legend: 'score held: {{by}}', expression: `${by('by')} (${of('winnow_score_held')}) > 0` },
        ],
      },
      {
        title: 'Score percentiles',
        description: 'The same scores as numbers, for comparison over days.',
        unit: 'percentunit',
        width: 8,
        queries: [0.5, 0.9, 0.99].map((quantile) => ({
          legend: `p${quantile * 100}`,
          expression: percentile(quantile, 'winnow_score'),
        })),
      },
      {
        title: 'Rules without an answer',
        description:
          'Rules that did not fire because the event lacked a member that they read, or because they failed. A rule that is always here is written wrong.',
        unit: 'cps',
        width: 8,
        queries: [
          {
            legend: '{{rule}} ({{cause}})',
            expression: `topk(15, ${perSecond('winnow_rule_unanswered_total', 'rule, cause')})`,
          },
        ],
      },
      {
        title: 'Loads of models and policies',
        description: 'Bundles and policies tried. Refused or fell_back: the log says why, and the former one serves.',
        unit: 'short',
        width: 8,
        queries: [
          { legend: 'model {{result}}', expression: increase('winnow_model_loads_total', 'result') },
          { legend: 'policy {{result}}', expression: increase('winnow_policy_loads_total', 'result') },
          { legend: 'norms {{result}}', expression: increase('winnow_norms_loads_total', 'result') },
          { legend: 'registry {{result}}', expression: increase('winnow_registry_looks_total', 'result') },
        ],
      },
    ],
  },
  {
    title: 'Models beside the champion',
    panels: [
      {
        title: 'Events on which they differ',
        description:
          'Of the events that both scored, the share for which a canary or a challenger asks for another action than the champion. Which accounts those are: winnow model diff.',
        unit: 'percentunit',
        width: 8,
        queries: (['canary', 'challenger'] as const).map((role) => ({
          legend: role,
          expression: `1 - ${agreeing(role)}`,
        })),
      },
      {
        title: 'What they cost',
        description:
          'Part of one core. Challengers may take model.challengers.batchMsMax of each batch; events beyond are skipped.',
        unit: 'percentunit',
        width: 8,
        queries: [
          { legend: '{{role}}', expression: perSecond('winnow_panel_seconds_total', 'role') },
          { legend: 'events skipped, a second', expression: perSecond('winnow_panel_skipped_total') },
        ],
      },
      {
        title: 'Share of accounts, failures and withdrawals',
        description:
          'What a canary has of all accounts, batches in which a model failed, and canaries that a rule withdrew: the reason is in the log.',
        unit: 'short',
        width: 8,
        queries: [
          {
            legend: '{{role}} {{name}} {{version}}',
            expression: `${by('role, name, version')} (${of('winnow_panel_share')})`,
          },
          { legend: '{{role}} failed', expression: increase('winnow_panel_failures_total', 'role') },
          { legend: 'withdrawn', expression: increase('winnow_canary_withdrawals_total', 'job') },
        ],
      },
    ],
  },
  {
    title: 'Norms',
    panels: [
      {
        title: 'Drift from the norms',
        description:
          'Population stability index of the features that are furthest from the norms, and of the score, in the last window: 0.1 is some, 0.25 much.',
        unit: 'short',
        width: 12,
        queries: [
          { legend: '{{feature}}', expression: `topk(10, max by (feature) (${of('winnow_drift')}))` },
          { legend: 'score', expression: `max by (feature) (${of('winnow_drift', ',feature="score"')})` },
        ],
      },
      {
        title: 'Decisions held back',
        description: 'What was asked for and not done, by what held it; and the share of the features that are far.',
        unit: 'short',
        width: 12,
        queries: [
          { legend: 'held back by {{by}}', expression: increase('winnow_decisions_restrained_total', 'by') },
          { legend: 'causes held by the governor', expression: `max by (job) (${of('winnow_governor_tripped')})` },
          { legend: 'share of features far', expression: `max by (job) (${of('winnow_drift_far_share')})` },
        ],
      },
      {
        title: 'Lists',
        description:
          'Events that the entries of a list found, records that were refused, and members that cannot read the lists.',
        unit: 'short',
        width: 24,
        queries: [
          { legend: 'found by {{list}}', expression: increase('winnow_list_hits_total', 'list') },
          { legend: 'records refused', expression: increase('winnow_list_entries_refused_total', 'job') },
          { legend: 'members without lists', expression: `sum by (job) (${of('winnow_lists_away')})` },
        ],
      },
    ],
  },
  {
    title: 'Process',
    panels: [
      {
        title: 'CPU',
        description:
          'Cores used. A process has one thread for events: near 100 % it is full, and needs another beside it.',
        unit: 'percentunit',
        width: 8,
        queries: [{ legend: '{{instance}}', expression: perSecond('process_cpu_seconds_total', 'instance') }],
      },
      {
        title: 'Memory',
        description:
          'Resident memory, and the part of it that is JavaScript heap. The embedded store and the model are outside the heap.',
        unit: 'bytes',
        width: 8,
        queries: [
          { legend: '{{instance}} resident', expression: of('process_resident_memory_bytes') },
          { legend: '{{instance}} heap used', expression: of('nodejs_heap_size_used_bytes') },
        ],
      },
      {
        title: 'Event-loop lag',
        description:
          'How late the loop was, p99 and worst since the last scrape; the 10 ms of the sampling timer are taken off. Scoring runs on this thread: a batch of a large model is seen here.',
        unit: 's',
        width: 8,
        queries: [
          {
            legend: '{{instance}} p99',
            expression: `clamp_min(${of('nodejs_eventloop_lag_p99_seconds')} - 0.01, 0)`,
          },
          {
            legend: '{{instance}} worst',
            expression: `clamp_min(${of('nodejs_eventloop_lag_max_seconds')} - 0.01, 0)`,
          },
        ],
      },
      {
        title: 'Memory of history',
        description:
          'Bytes allocated for history in the process, and its bound. At the bound, entities are forgotten: those seen once first.',
        unit: 'bytes',
        width: 8,
        queries: [
          { legend: '{{instance}}', expression: of('winnow_history_bytes') },
          { legend: '{{instance}} bound', expression: of('winnow_history_bytes_max') },
        ],
      },
      {
        title: 'Forgotten entities',
        description:
          'Entities a second that were forgotten because memory was full, by kind and rank. Standing and labelled ones should never be among them.',
        unit: 'short',
        width: 8,
        queries: [
          { legend: '{{kind}} {{rank}}', expression: perSecond('winnow_history_evictions_total', 'kind, rank') },
        ],
      },
      {
        title: 'Age of what is forgotten next',
        description: 'Event time since the last touch, by kind. Windows that are longer than this are incomplete.',
        unit: 's',
        width: 8,
        queries: [
          {
            legend: '{{kind}}',
            expression: `min by (kind) (${of('winnow_history_next_eviction_age_seconds')})`,
          },
        ],
      },
      {
        title: 'Garbage collection',
        description:
          'Share of time spent in garbage collection, by kind. Major collections are the ones that show in p99.9.',
        unit: 'percentunit',
        width: 6,
        queries: [
          {
            legend: '{{instance}} {{kind}}',
            expression: perSecond('nodejs_gc_duration_seconds_sum', 'instance, kind'),
          },
        ],
      },
      {
        title: 'Entities in the store',
        description:
          'Accounts, addresses, devices and so on that have a history. In memory, flat at the configured bound: the oldest are being forgotten. In Valkey, all keys of its database, the same from each process.',
        unit: 'short',
        width: 6,
        queries: [{ legend: '{{instance}}', expression: of('winnow_store_entities') }],
      },
      {
        title: 'Snapshots of the history',
        description:
          'Snapshots by result. Failures: the log says why; until one is written, a crash means more to read and decide again.',
        unit: 'short',
        width: 6,
        queries: [
          {
            legend: '{{instance}} {{result}}',
            expression: increase('winnow_snapshots_total', 'instance, result'),
          },
        ],
      },
      {
        title: 'Processes by state',
        description: 'States of the lifecycle, and how many processes say that they are ready.',
        unit: 'short',
        width: 6,
        queries: [
          { legend: '{{state}}', expression: `${by('state')} (${of('winnow_state')})` },
          { legend: 'ready', expression: `sum (${of('winnow_ready')})` },
        ],
      },
    ],
  },
];

export const hotPath = buildDashboard(
  'winnow-hot-path',
  'Winnow: Hot path',
  'An event from Kafka to its decision: traffic, latency, lag, correctness, model, process. The runbook is grafana/README.md.',
  hotPathRows,
);
