import type { CountryCode } from '../networks.ts';
import type { Random } from '../random.ts';
import { weighted } from '../random.ts';

/** How mobile numbers and mailboxes look in a country. */
export interface ContactHabits {
  /** Mobile numbers in E.164, `#` standing for any digit and `N` for 2 to 9. */
  readonly phonePatterns: readonly string[];
  /** Domain of a private mailbox. */
  readonly mailDomain: (random: Random) => string;
  /** Ending of own and company domains. */
  readonly ownEnding: string;
}

function habits(
  phonePatterns: string,
  mailDomains: Readonly<Record<string, number>>,
  ownEnding: string,
): ContactHabits {
  return { phonePatterns: phonePatterns.split(' '), mailDomain: weighted(Object.entries(mailDomains)), ownEnding };
}

// prettier-ignore
export const contactHabits: Readonly<Record<CountryCode, ContactHabits>> = {
  AR: habits('+54911######## +549351#######', { 'gmail.com': 66, 'hotmail.com': 20, 'yahoo.com.ar': 9, 'outlook.com': 5 }, 'com.ar'),
  AU: habits('+6140####### +6141####### +6142####### +6143#######', { 'gmail.com': 62, 'outlook.com': 11, 'hotmail.com': 10, 'bigpond.com': 9, 'icloud.com': 8 }, 'com.au'),
  BD: habits('+88017######## +88018######## +88019######## +88016########', { 'gmail.com': 90, 'yahoo.com': 8, 'outlook.com': 2 }, 'com.bd'),
  BR: habits('+55119######## +55219######## +55319######## +55719########', { 'gmail.com': 66, 'hotmail.com': 20, 'uol.com.br': 5, 'outlook.com': 6, 'bol.com.br': 3 }, 'com.br'),
  CA: habits('+1416N###### +1647N###### +1514N###### +1604N###### +1780N######', { 'gmail.com': 62, 'hotmail.com': 14, 'outlook.com': 9, 'icloud.com': 8, 'yahoo.ca': 7 }, 'ca'),
  CN: habits('+86138######## +86139######## +86150######## +86186######## +86199########', { 'qq.com': 52, '163.com': 24, '126.com': 9, 'foxmail.com': 6, 'outlook.com': 5, 'sina.com': 4 }, 'cn'),
  CO: habits('+57300####### +57310####### +57320####### +57350#######', { 'gmail.com': 68, 'hotmail.com': 22, 'outlook.com': 7, 'yahoo.es': 3 }, 'com.co'),
  DE: habits('+49151######## +49160####### +49170####### +49176########', { 'gmail.com': 38, 'web.de': 20, 'gmx.de': 19, 't-online.de': 9, 'outlook.de': 6, 'icloud.com': 5, 'posteo.de': 3 }, 'de'),
  EG: habits('+2010######## +2011######## +2012######## +2015########', { 'gmail.com': 76, 'yahoo.com': 13, 'hotmail.com': 9, 'outlook.com': 2 }, 'com.eg'),
  ES: habits('+346######## +3471####### +3472#######', { 'gmail.com': 66, 'hotmail.com': 18, 'hotmail.es': 7, 'outlook.es': 5, 'yahoo.es': 4 }, 'es'),
  FR: habits('+336######## +337########', { 'gmail.com': 52, 'orange.fr': 15, 'hotmail.fr': 12, 'free.fr': 7, 'outlook.fr': 6, 'laposte.net': 4, 'sfr.fr': 4 }, 'fr'),
  GB: habits('+4474######## +4475######## +4477######## +4478######## +4479########', { 'gmail.com': 55, 'hotmail.co.uk': 14, 'outlook.com': 10, 'icloud.com': 8, 'yahoo.co.uk': 7, 'btinternet.com': 6 }, 'co.uk'),
  ID: habits('+62812######## +62813######## +62857######## +62878########', { 'gmail.com': 88, 'yahoo.com': 8, 'yahoo.co.id': 4 }, 'co.id'),
  IN: habits('+919######### +918######### +917######### +916#########', { 'gmail.com': 86, 'yahoo.co.in': 6, 'rediffmail.com': 3, 'outlook.com': 5 }, 'in'),
  IT: habits('+39320####### +39333####### +39340####### +39347####### +39388#######', { 'gmail.com': 56, 'libero.it': 18, 'hotmail.it': 12, 'virgilio.it': 5, 'alice.it': 4, 'icloud.com': 5 }, 'it'),
  JP: habits('+8170######## +8180######## +8190########', { 'gmail.com': 50, 'yahoo.co.jp': 24, 'docomo.ne.jp': 8, 'icloud.com': 8, 'ezweb.ne.jp': 5, 'outlook.jp': 5 }, 'co.jp'),
  KE: habits('+25470####### +25471####### +25472####### +25479#######', { 'gmail.com': 92, 'yahoo.com': 7, 'outlook.com': 1 }, 'co.ke'),
  KR: habits('+8210########', { 'naver.com': 56, 'gmail.com': 28, 'hanmail.net': 8, 'daum.net': 4, 'nate.com': 4 }, 'co.kr'),
  KZ: habits('+7701####### +7705####### +7707####### +7747####### +7777#######', { 'mail.ru': 44, 'gmail.com': 42, 'yandex.kz': 6, 'bk.ru': 4, 'inbox.ru': 4 }, 'kz'),
  MA: habits('+2126######## +2127########', { 'gmail.com': 80, 'hotmail.fr': 8, 'hotmail.com': 7, 'outlook.fr': 5 }, 'ma'),
  MX: habits('+5255######## +5233######## +5281######## +52222#######', { 'gmail.com': 66, 'hotmail.com': 23, 'outlook.com': 7, 'yahoo.com.mx': 4 }, 'com.mx'),
  NG: habits('+234803####### +234806####### +234813####### +234902#######', { 'gmail.com': 84, 'yahoo.com': 14, 'outlook.com': 2 }, 'com.ng'),
  NL: habits('+316########', { 'gmail.com': 48, 'hotmail.com': 20, 'outlook.com': 8, 'ziggo.nl': 8, 'kpnmail.nl': 7, 'live.nl': 5, 'icloud.com': 4 }, 'nl'),
  PH: habits('+63917####### +63918####### +63927####### +63995#######', { 'gmail.com': 82, 'yahoo.com': 15, 'outlook.com': 3 }, 'com.ph'),
  PK: habits('+92300####### +92301####### +92321####### +92333####### +92345#######', { 'gmail.com': 84, 'yahoo.com': 9, 'hotmail.com': 5, 'outlook.com': 2 }, 'com.pk'),
  PL: habits('+48500###### +48601###### +48660###### +48730###### +48880######', { 'gmail.com': 46, 'wp.pl': 19, 'o2.pl': 12, 'onet.pl': 9, 'interia.pl': 8, 'op.pl': 6 }, 'pl'),
  RU: habits('+7903####### +7916####### +7921####### +7926####### +7999#######', { 'mail.ru': 38, 'yandex.ru': 26, 'gmail.com': 24, 'bk.ru': 4, 'inbox.ru': 4, 'rambler.ru': 4 }, 'ru'),
  SA: habits('+96650####### +96653####### +96655####### +96659#######', { 'gmail.com': 64, 'hotmail.com': 23, 'outlook.sa': 8, 'icloud.com': 5 }, 'sa'),
  TH: habits('+6681####### +6689####### +6691####### +6698#######', { 'gmail.com': 76, 'hotmail.com': 17, 'outlook.co.th': 7 }, 'co.th'),
  TR: habits('+90532####### +90542####### +90505####### +90555#######', { 'gmail.com': 66, 'hotmail.com': 22, 'outlook.com.tr': 6, 'yandex.com.tr': 3, 'icloud.com': 3 }, 'com.tr'),
  UA: habits('+38050####### +38067####### +38063####### +38097#######', { 'gmail.com': 64, 'ukr.net': 25, 'i.ua': 6, 'meta.ua': 5 }, 'com.ua'),
  US: habits('+1212N###### +1213N###### +1305N###### +1312N###### +1404N###### +1512N###### +1702N######', { 'gmail.com': 60, 'yahoo.com': 14, 'icloud.com': 10, 'outlook.com': 7, 'hotmail.com': 5, 'aol.com': 4 }, 'com'),
  VN: habits('+8490####### +8491####### +8496####### +8486####### +8434#######', { 'gmail.com': 93, 'yahoo.com.vn': 4, 'outlook.com': 3 }, 'vn'),
  ZA: habits('+2782####### +2783####### +2772####### +2761#######', { 'gmail.com': 78, 'yahoo.com': 9, 'outlook.com': 6, 'webmail.co.za': 4, 'icloud.com': 3 }, 'co.za'),
};

/** Mailboxes that hide the real one, and that honest people use for that. */
export const relayDomains = [
  'privaterelay.appleid.com',
  'duck.com',
  'mozmail.com',
  'simplelogin.com',
  'aleeas.com',
] as const;

/** Public throw-away mailboxes: mostly, but not only, for abuse. */
export const disposableDomains = [
  'mailinator.com',
  'yopmail.com',
  'guerrillamail.com',
  '10minutemail.com',
  'temp-mail.org',
  'sharklasers.com',
  'dispostable.com',
  'trashmail.com',
] as const;

/** Free mailboxes that are easily made in bulk. */
export const bulkMailDomains = [
  'outlook.com',
  'hotmail.com',
  'gmail.com',
  'mail.ru',
  'gmx.com',
  'rambler.ru',
  'yahoo.com',
] as const;
