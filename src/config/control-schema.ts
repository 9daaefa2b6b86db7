import { milliseconds, optionalPath, section } from './setting.ts';

export const control = section({
  file: optionalPath({
    reason:
      'Where the kill switch, overrides of the governor and the deployment are where no topic is named for them: a record a line, as `winnow governor` and `winnow model --to topic` write them. A changed file is taken as soon as it is seen.',
    change: 'You run without `kafka.topics.control`.',
  }),
  pollMs: milliseconds({
    default: 500,
    min: 100,
    max: 3_600_000,
    reason: 'How often the file is looked at.',
    change: 'The disk is far away.',
  }),
});
