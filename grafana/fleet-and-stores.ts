import type { DashboardDescription } from './dashboard.ts';
import { above0, by, increase, of, perSecond } from './queries.ts';

/** Who decides, how the group of them does, and what they keep. */
export const fleetAndStores: DashboardDescription = {
  file: 'fleet-and-stores.json',
  uid: 'winnow-fleet-and-stores',
  title: 'Winnow: Fleet and stores',
  description: 'Processes, workers and their group; Kafka offsets; history, what it forgets, and its snapshots.',
  rows: [
    {
      title: 'Status of fleet and stores',
      panels: [
        {
          title: 'Workers missing',
          question: 'Do all workers run?',
          description:
            'Workers that there should be on all machines, less those that run. No value where machines have one process each.',
          shape: 'status',
          thresholds: ['green', [1, 'red']],
          runbook: 'WinnowWorkersMissing',
          unit: 'short',
          width: 4,
          none: 'one process each',
          queries: [
            { legend: '', expression: `sum (${of('winnow_workers')}) - sum (${of('winnow_workers_running')})` },
          ],
        },
        {
          title: 'Members of the group',
          question: 'How many share the work?',
          description: 'As the member saw it that joined last.',
          shape: 'status',
          thresholds: ['red', [1, 'green']],
          runbook: 'WinnowProcessGone',
          unit: 'short',
          width: 4,
          queries: [{ legend: '', expression: `max (${of('winnow_group_members')})` }],
        },
        {
          title: 'Waiting to be committed',
          question: 'Would a crash cost much?',
          description: 'For how long something decided has waited to be committed.',
          shape: 'status',
          thresholds: ['green', [10, 'yellow'], [30, 'red']],
          runbook: 'WinnowCommitsFail',
          unit: 's',
          width: 4,
          queries: [{ legend: '', expression: `max (${of('winnow_commit_age_seconds')})` }],
        },
        {
          title: 'Rebalances within the hour',
          question: 'Does the group settle?',
          description: 'As the member counts them that saw most.',
          shape: 'status',
          thresholds: ['green', [7, 'yellow'], [24, 'red']],
          runbook: 'WinnowRebalances',
          unit: 'short',
          width: 4,
          queries: [{ legend: '', expression: `max (increase(${of('winnow_rebalance_duration_seconds_count')}[1h]))` }],
        },
        {
          title: 'History in use',
          question: 'Is there room for history?',
          description:
            'Part of the memory that history in the process may take. Full is in order while what is forgotten is old.',
          shape: 'status',
          thresholds: ['green', [0.95, 'yellow']],
          runbook: 'WinnowHistoryShort',
          unit: 'percentunit',
          width: 4,
          none: 'in Valkey',
          queries: [
            { legend: '', expression: `max (${of('winnow_history_bytes')} / ${of('winnow_history_bytes_max')}) >= 0` },
          ],
        },
        {
          title: 'Age of the oldest snapshot',
          question: 'What would a crash cost?',
          description: 'Of those that were written at all.',
          shape: 'status',
          thresholds: ['green', [1800, 'yellow'], [3600, 'red']],
          runbook: 'WinnowSnapshotOld',
          unit: 's',
          width: 4,
          none: 'no snapshot',
          queries: [{ legend: '', expression: `max (time() - (${of('winnow_snapshot_timestamp_seconds')} > 0))` }],
        },
      ],
    },
    {
      title: 'Fleet',
      panels: [
        {
          title: 'Processes by state',
          question: 'Which processes are there, and in which state?',
          description:
            'States of the lifecycle, of each worker, and how many listeners say that they are ready: the workers of one machine answer as one.',
          unit: 'short',
          width: 8,
          queries: [
            { legend: '{{state}}', expression: `${by('state')} (${of('winnow_state')})` },
            { legend: 'listeners that say ready', expression: `sum (${of('winnow_ready')})` },
          ],
        },
        {
          title: 'Processes by version',
          question: 'Is the roll-out over?',
          description: 'Versions of Winnow and of Node that run.',
          shape: 'stacked',
          unit: 'short',
          width: 8,
          queries: [
            {
              legend: '{{version}} on Node {{node}}',
              expression: `${by('version, node')} (${of('winnow_build_info')})`,
            },
          ],
        },
        {
          title: 'Workers',
          question: 'Do workers end?',
          description:
            'Workers that there should be on each machine, that run, and how often one was started again. Only where a machine has several.',
          unit: 'short',
          width: 8,
          none: 'one process a machine',
          queries: [
            { legend: '{{instance}} wanted', expression: of('winnow_workers') },
            { legend: '{{instance}} running', expression: of('winnow_workers_running') },
            { legend: '{{instance}} restarts', expression: increase('winnow_worker_restarts_total', 'instance') },
          ],
        },
      ],
    },
    {
      title: 'Group',
      panels: [
        {
          title: 'Rebalances',
          question: 'Does the group settle?',
          description:
            'How often each process joined its group, and for which part of the time it was at that. Often, or long: a member that dies, or misses its heartbeats.',
          unit: 'short',
          width: 8,
          none: 'none seen',
          queries: [
            {
              legend: '{{instance}} joined',
              expression: above0(increase('winnow_rebalance_duration_seconds_count', 'instance')),
            },
            {
              legend: '{{instance}} part of the time',
              expression: above0(perSecond('winnow_rebalance_duration_seconds_sum', 'instance')),
            },
          ],
        },
        {
          title: 'Stale records',
          question: 'Is work being thrown away or done again?',
          description:
            'Stale: fetched, and dropped unprocessed because the partition had gone to another member. A burst at a rebalance is normal; a steady rate is a group that does not settle. Delivered before: they came again after a crash, and nothing was sent for them.',
          unit: 'recps',
          width: 8,
          none: 'none seen',
          queries: [
            { legend: 'stale', expression: above0(perSecond('winnow_stale_records_total')) },
            { legend: 'delivered before', expression: above0(perSecond('winnow_records_already_delivered_total')) },
          ],
        },
        {
          title: 'Commits',
          question: 'Does Kafka learn how far we are?',
          description:
            'For how long something has waited to be committed, in seconds, and commits that failed. One or two fail at a rebalance.',
          unit: 'short',
          width: 8,
          queries: [
            { legend: '{{instance}} has waited', expression: of('winnow_commit_age_seconds') },
            { legend: '{{instance}} failed', expression: increase('winnow_commit_failures_total', 'instance') },
          ],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'CPU',
          question: 'Is a process full?',
          description:
            'Cores used. A process has one thread for events: near 100 % it is full, and needs another beside it.',
          unit: 'percentunit',
          width: 6,
          queries: [{ legend: '{{instance}}', expression: perSecond('process_cpu_seconds_total', 'instance') }],
        },
        {
          title: 'Memory',
          question: 'Does memory grow?',
          description:
            'Resident memory, and the part of it that is JavaScript heap. The embedded store and the model are outside the heap.',
          unit: 'bytes',
          width: 12,
          queries: [
            { legend: '{{instance}} {{worker}} resident', expression: of('process_resident_memory_bytes') },
            { legend: '{{instance}} {{worker}} heap used', expression: of('nodejs_heap_size_used_bytes') },
          ],
        },
        {
          title: 'Garbage collection',
          question: 'Does collecting garbage cost latency?',
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
      ],
    },
    {
      title: 'History',
      panels: [
        {
          title: 'Memory of history',
          question: 'Is there room for history?',
          description:
            'Bytes allocated for history in the process, and its bound. At the bound, entities are forgotten: those seen once first.',
          unit: 'bytes',
          width: 8,
          none: 'history is in Valkey, which says what it takes',
          queries: [
            { legend: '{{instance}}', expression: above0(of('winnow_history_bytes')) },
            { legend: '{{instance}} bound', expression: above0(of('winnow_history_bytes_max')) },
          ],
        },
        {
          title: 'Memory of history by kind',
          question: 'What takes the room?',
          description: 'Bytes of the entities of a kind. One that rises alone is a flood of that kind.',
          shape: 'stacked',
          unit: 'bytes',
          width: 8,
          none: 'history is in Valkey',
          queries: [{ legend: '{{kind}}', expression: `sum by (kind) (${of('winnow_history_kind_bytes')})` }],
        },
        {
          title: 'Entities in the store',
          question: 'How much is known?',
          description:
            'Accounts, addresses, devices and so on that have a history. In memory, flat at the configured bound: the oldest are being forgotten. In Valkey, all keys of its database, the same from each process.',
          unit: 'short',
          width: 8,
          queries: [{ legend: '{{instance}}', expression: of('winnow_store_entities') }],
        },
        {
          title: 'Forgotten entities',
          question: 'What is being forgotten?',
          description:
            'Entities a second that were forgotten because memory was full, by kind and rank. Standing and labelled ones should never be among them.',
          unit: 'short',
          width: 8,
          none: 'nothing forgotten in a process',
          queries: [
            {
              legend: '{{kind}} {{rank}}',
              expression: above0(perSecond('winnow_history_evictions_total', 'kind, rank')),
            },
          ],
        },
        {
          title: 'Age of what is forgotten next',
          question: 'How far back does history reach?',
          description:
            'Event time since the last touch, by kind. Windows that are longer than this are incomplete once something is forgotten.',
          unit: 's',
          width: 8,
          none: 'history is in Valkey, or nothing is known',
          queries: [
            {
              legend: '{{kind}}',
              expression: `min by (kind) (${of('winnow_history_next_eviction_age_seconds')})`,
            },
          ],
        },
        {
          title: 'Standing actions without history',
          question: 'Do blocks outlive their history?',
          description:
            'Actions that no time ends, kept for accounts whose history had to go; and those that had to go too: give history more memory.',
          unit: 'short',
          width: 8,
          none: 'none seen',
          queries: [
            { legend: 'kept', expression: above0(`sum (${of('winnow_history_standings_kept')})`) },
            { legend: 'dropped', expression: above0(increase('winnow_history_standings_dropped_total', 'job')) },
          ],
        },
      ],
    },
    {
      title: 'Snapshots and losses',
      panels: [
        {
          title: 'Snapshots of the history',
          question: 'Would a crash cost much?',
          description:
            'Snapshots by result. Failures: the log says why; until one is written, a crash means more to read and decide again.',
          unit: 'short',
          width: 6,
          none: 'none seen',
          queries: [
            {
              legend: '{{instance}} {{result}}',
              expression: above0(increase('winnow_snapshots_total', 'instance, result')),
            },
          ],
        },
        {
          title: 'Size of the last snapshot',
          question: 'How much is written?',
          description: 'The disk needs room for two.',
          unit: 'bytes',
          width: 6,
          none: 'no snapshot',
          queries: [{ legend: '{{instance}}', expression: above0(of('winnow_snapshot_bytes')) }],
        },
        {
          title: 'Time that the last snapshot took',
          question: 'Does writing it cost?',
          description: 'Written beside the work. A rise without one in size is a slow disk.',
          unit: 's',
          width: 6,
          none: 'no snapshot',
          queries: [{ legend: '{{instance}}', expression: above0(of('winnow_snapshot_duration_seconds')) }],
        },
        {
          title: 'Losses',
          question: 'Has anything been lost?',
          description:
            'Records that were deleted before they were read, topics made anew, history that came back emptied or is not known, and values in it that Winnow did not write. All of them are 0 where all is well.',
          unit: 'short',
          width: 6,
          none: 'nothing lost',
          queries: [
            { legend: 'records of {{topic}}', expression: above0(increase('winnow_lost_records_total', 'topic')) },
            { legend: '{{topic}} made anew', expression: above0(increase('winnow_partitions_remade_total', 'topic')) },
            { legend: 'history {{found}}', expression: above0(increase('winnow_history_lost_total', 'found')) },
            { legend: 'damaged: {{kind}}', expression: above0(increase('winnow_history_damaged_total', 'kind')) },
          ],
        },
      ],
    },
  ],
};
