import type { DashboardDescription } from './dashboard.ts';
import { above0, increase, mean, of, percentile, perSecond, recorded } from './queries.ts';

const latency = 'winnow_end_to_end_latency_seconds';
const enforced = ',mode="enforce"';

/** The path of an event from Kafka and back, in the order in which one looks when something is wrong. */
export const hotPath: DashboardDescription = {
  file: 'hot-path.json',
  uid: 'winnow-hot-path',
  title: 'Winnow: Hot path',
  description: 'An event from Kafka to its decision: is it decided, in time, and right?',
  rows: [
    {
      title: 'Status',
      panels: [
        {
          title: 'Processes that are ready',
          question: 'Is anybody deciding?',
          description:
            'Listeners that say so at /readyz; the workers of one machine answer as one. None: nothing is decided.',
          shape: 'status',
          thresholds: ['red', [1, 'green']],
          runbook: 'WinnowStopped',
          unit: 'short',
          width: 4,
          queries: [{ legend: '', expression: `sum (${of('winnow_ready')})` }],
        },
        {
          title: 'Oldest undecided event',
          question: 'How late are we?',
          description: 'The age of the event that has waited longest, over all partitions.',
          shape: 'status',
          thresholds: ['green', [30, 'yellow'], [60, 'red']],
          runbook: 'WinnowLagGrowing',
          unit: 's',
          width: 4,
          queries: [{ legend: '', expression: `max (${of('winnow_consumer_lag_seconds')})` }],
        },
        {
          title: 'Within 100 ms',
          question: 'Do we keep what is promised?',
          description: 'Share of the events of the last hour that were decided within 100 ms: 99 % is promised.',
          shape: 'status',
          thresholds: ['red', [0.98, 'yellow'], [0.99, 'green']],
          runbook: 'WinnowLatencyBudgetFast',
          unit: 'percentunit',
          width: 4,
          queries: [{ legend: '', expression: `min (1 - ${recorded('winnow:slow_events:ratio_rate1h')})` }],
        },
        {
          title: 'Held now',
          question: 'Does anything stand still?',
          description:
            'Partitions that wait for an output, for the store or for a clock; 1 for a member without a group.',
          shape: 'status',
          thresholds: ['green', [1, 'red']],
          runbook: 'WinnowHeld',
          unit: 'short',
          width: 4,
          queries: [{ legend: '', expression: `sum (${of('winnow_holding')})` }],
        },
        {
          title: 'Refused records',
          question: 'Are we given events?',
          description: 'Share of all records that became dead letters.',
          shape: 'status',
          thresholds: ['green', [0.01, 'yellow'], [0.5, 'red']],
          runbook: 'WinnowDeadLetters',
          unit: 'percentunit',
          width: 4,
          queries: [
            {
              legend: '',
              expression: `${perSecond('winnow_dead_letters_total')} / ${perSecond('winnow_batch_records_sum')}`,
            },
          ],
        },
        {
          title: 'Degraded',
          question: 'Are decisions whole?',
          description:
            'Share of the batches that were decided while a part was missing; those that came again after a crash are left out.',
          shape: 'status',
          thresholds: ['green', [0.001, 'yellow'], [0.01, 'red']],
          runbook: 'WinnowDegraded',
          unit: 'percentunit',
          width: 4,
          queries: [
            {
              legend: '',
              expression: `${perSecond('winnow_degraded_batches_total', '', ',part!="repeat"')} / ${perSecond('winnow_batch_records_count')}`,
            },
          ],
        },
      ],
    },
    {
      title: 'Traffic',
      panels: [
        {
          title: 'What became of records',
          question: 'Is work being done, and how does it end?',
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
          question: 'Is what should come coming?',
          description: 'Decoded events. One type that falls to zero is most often a producer that has stopped.',
          shape: 'stacked',
          unit: 'eps',
          width: 12,
          none: 'no event seen',
          queries: [{ legend: '{{type}}', expression: above0(perSecond('winnow_events_total', 'type')) }],
        },
        {
          title: 'Records of a batch',
          question: 'Are we at our limit, or idle?',
          description: 'Small when there is little to do; at the largest size when we are catching up.',
          unit: 'short',
          width: 6,
          queries: [
            { legend: 'p50', expression: percentile(0.5, 'winnow_batch_records') },
            { legend: 'p99', expression: percentile(0.99, 'winnow_batch_records') },
            { legend: 'mean', expression: mean('winnow_batch_records') },
          ],
        },
      ],
    },
    {
      title: 'Latency',
      panels: [
        {
          title: 'End-to-end latency',
          question: 'How long does an event wait for its decision?',
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
          question: 'Where does the time go?',
          description: 'Where the time of a batch goes. The sum is the time that a batch takes.',
          shape: 'stacked',
          unit: 's',
          width: 12,
          queries: [{ legend: '{{step}}', expression: mean('winnow_step_duration_seconds', 'step') }],
        },
        {
          title: 'Slow batches, by step',
          question: 'Which step makes some batches slow?',
          description: 'p99 of each step of a batch. A step that holds (observe, send) shows its retries here.',
          unit: 's',
          logarithmic: true,
          width: 12,
          queries: [{ legend: '{{step}}', expression: percentile(0.99, 'winnow_step_duration_seconds', 'le, step') }],
        },
        {
          title: 'Event-loop delay',
          question: 'Does a process stall?',
          description:
            'How late the loop was within the last half minute, p99 and at worst. Events are decided on this thread, so each waits for as long; beyond a few seconds heartbeats are missed and the group rebalances.',
          unit: 's',
          logarithmic: true,
          width: 12,
          queries: [
            {
              legend: '{{instance}} {{worker}} p99',
              expression: of('winnow_event_loop_delay_p99_seconds'),
            },
            {
              legend: '{{instance}} {{worker}} worst',
              expression: of('winnow_event_loop_delay_max_seconds'),
            },
          ],
        },
      ],
    },
    {
      title: 'Kafka',
      panels: [
        {
          title: 'Lag in seconds',
          question: 'How late are decisions, partition by partition?',
          description:
            'How old the oldest event may be that is not decided. It grows while Kafka is away, as the number of records does not. One rises: a held partition or a hot key.',
          unit: 's',
          width: 8,
          queries: [
            {
              legend: '{{topic}}/{{partition}}',
              expression: `max by (topic, partition) (${of('winnow_consumer_lag_seconds')})`,
            },
          ],
        },
        {
          title: 'Lag by partition',
          question: 'How much work waits, and where?',
          description:
            'Records between us and the end of the partition. All rise: too little capacity. One rises: a held partition or a hot key.',
          unit: 'short',
          width: 8,
          queries: [
            {
              legend: '{{topic}}/{{partition}}',
              expression: `sum by (topic, partition) (${of('winnow_consumer_lag_records')})`,
            },
          ],
        },
        {
          title: 'Holds',
          question: 'Does anything stand still, and what does it wait for?',
          description:
            'Partitions that wait for the decisions topic or for the dead-letter topic, 1 for the store while it does not answer, and how often waiting began. Nothing is lost while one is held.',
          unit: 'short',
          width: 8,
          none: 'nothing held',
          queries: [
            { legend: '{{step}} held now', expression: above0(`sum by (step) (${of('winnow_holding')})`) },
            { legend: '{{step}} holds begun', expression: above0(increase('winnow_holds_total', 'step')) },
          ],
        },
      ],
    },
    {
      title: 'Correctness',
      panels: [
        {
          title: 'Dead letters by code',
          question: 'Which records are refused, and why?',
          description:
            'Records that are no valid event. The code says why, and the headers of the dead letter say where. A step is most often a deployment of a producer.',
          unit: 'cps',
          width: 8,
          none: 'none seen',
          queries: [{ legend: '{{code}}', expression: above0(perSecond('winnow_dead_letters_total', 'code')) }],
        },
        {
          title: 'Degraded batches and model failures',
          question: 'Is anything decided without a part?',
          description:
            'Batches decided while a part was missing, and calls of the model that failed. Anything above zero means decisions of a lesser quality.',
          unit: 'cps',
          width: 8,
          none: 'none seen',
          queries: [
            { legend: 'without {{part}}', expression: above0(perSecond('winnow_degraded_batches_total', 'part')) },
            { legend: 'model failures', expression: above0(perSecond('winnow_model_failures_total')) },
          ],
        },
        {
          title: 'Observations skipped',
          question: 'Does history miss something that was read?',
          description:
            'Read but not added to history. Replayed: seen before a crash or rebalance, which is normal after one. Duplicate: the producer sent an event twice. Outside: it came when history had gone on too far for it.',
          unit: 'cps',
          width: 8,
          none: 'none seen',
          queries: [
            { legend: '{{reason}}', expression: above0(perSecond('winnow_observations_skipped_total', 'reason')) },
          ],
        },
        {
          title: 'Records misplaced',
          question: 'Are the events of an account in order?',
          description:
            'Events whose record has no key, or another key than their account: decided, but out of their order. It should be zero.',
          unit: 'cps',
          width: 8,
          none: 'none seen',
          queries: [
            { legend: '{{reason}}', expression: above0(perSecond('winnow_records_misplaced_total', 'reason')) },
          ],
        },
        {
          title: 'Members cut, missing or unreadable',
          question: 'Do clients send what they should?',
          description:
            'Events that are decided although an optional member is not as the contract says, or says nothing that can be read. A step of one member is a deployment of a producer; a slow rise is somebody who probes.',
          unit: 'cps',
          width: 16,
          none: 'none seen',
          queries: [
            {
              legend: '{{member}} malformed',
              expression: above0(perSecond('winnow_members_malformed_total', 'member')),
            },
            {
              legend: '{{member}} unreadable',
              expression: above0(perSecond('winnow_members_unreadable_total', 'member')),
            },
          ],
        },
      ],
    },
  ],
};
