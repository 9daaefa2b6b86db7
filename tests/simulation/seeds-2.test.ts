import { expectSeedsToHold } from './expect-seeds.ts';

/** In two files, which run side by side. */
expectSeedsToHold(1, 2);
