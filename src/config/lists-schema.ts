import { milliseconds, optionalPath, section } from './setting.ts';

export const lists = section({
  file: optionalPath({
    reason:
      'Where the lists are where no topic is named for them: a record a line, as `winnow list` writes them. A changed file is taken as soon as it is seen.',
    change: 'You keep lists and run without `kafka.topics.lists`.',
  }),
  pollMs: milliseconds({
    default: 1_000,
    min: 100,
    max: 3_600_000,
    reason: 'How often the file is looked at.',
    change: 'The disk is far away.',
  }),
});
