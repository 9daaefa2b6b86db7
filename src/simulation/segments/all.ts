import { carrierNat, household, sharedDevice, university } from './crowds.ts';
import { fastForm, lurker, oddName, ordinary, powerUser, relayMail, reportedGenuine } from './individuals.ts';
import { traveller, vpn } from './movers.ts';
import { addressBook, enthusiast, returner, seller } from './regulars.ts';
import { office } from './office.ts';
import { penPal } from './pen-pal.ts';
import { schoolClass } from './school-class.ts';
import type { Segment } from './segment.ts';
import { viralBurst } from './viral-burst.ts';

/** Every kind of honest people. */
export const segments: readonly Segment[] = [
  ordinary,
  lurker,
  powerUser,
  fastForm,
  relayMail,
  oddName,
  reportedGenuine,
  carrierNat,
  university,
  household,
  sharedDevice,
  traveller,
  vpn,
  viralBurst,
  enthusiast,
  returner,
  addressBook,
  seller,
  schoolClass,
  penPal,
  office,
];
