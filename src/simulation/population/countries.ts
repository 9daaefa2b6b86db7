import type { CountryCode } from '../networks.ts';
import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import * as west from './names/african-and-west-asian.ts';
import * as asia from './names/asian.ts';
import type { NameCulture } from './names/culture.ts';
import * as europe from './names/european.ts';

export interface TimeZone {
  /** IANA name. */
  readonly name: string;
  /** Minutes ahead of UTC in early October, daylight saving time included; it shapes daily rhythm only. */
  readonly utcOffsetMinutes: number;
}

/** What is typical of people of one country. Shares are chances from 0 to 1. */
export interface Country {
  readonly code: CountryCode;
  /** People online, in millions, roughly (ITU and World Bank orders of magnitude, mid-2020s). */
  readonly onlineMillions: number;
  /** The zone of the largest part of the people, and anybody's. */
  readonly homeZone: string;
  readonly timeZone: (random: Random) => TimeZone;
  /** BCP 47 tag. */
  readonly locale: (random: Random) => string;
  readonly culture: (random: Random) => NameCulture;
  /** Share of people who write their name in Latin letters although their script is another one. */
  readonly latinShare: number;
  /** Share of phones among the devices, and of Android among the phones. */
  readonly phoneShare: number;
  readonly androidShare: number;
}

const cultures = { ...europe, ...west, ...asia };

function country(
  code: CountryCode,
  onlineMillions: number,
  timeZones: Readonly<Record<string, readonly [utcOffsetHours: number, weight: number]>>,
  locales: Readonly<Record<string, number>>,
  names: Readonly<Partial<Record<keyof typeof cultures, number>>>,
  [latinShare, phoneShare, androidShare]: readonly [number, number, number],
): Country {
  return {
    code,
    onlineMillions,
    homeZone: Object.keys(timeZones)[0] ?? 'UTC',
    timeZone: weighted(
      Object.entries(timeZones).map(([name, [hours, weight]]) => [{ name, utcOffsetMinutes: hours * 60 }, weight]),
    ),
    locale: weighted(Object.entries(locales)),
    culture: weighted(Object.entries(names).map(([name, weight]) => [cultures[name as keyof typeof cultures], weight])),
    latinShare,
    phoneShare,
    androidShare,
  };
}

// prettier-ignore
export const countries: readonly Country[] = [
  country('CN', 1090, { 'Asia/Shanghai': [8, 1] }, { 'zh-CN': 97, 'en-US': 3 }, { chinese: 1 }, [0.12, 0.8, 0.75]),
  country('IN', 800, { 'Asia/Kolkata': [5.5, 1] }, { 'en-IN': 62, 'hi-IN': 26, 'ta-IN': 6, 'bn-IN': 6 }, { hindi: 66, tamil: 16, bengali: 10, urdu: 8 }, [0.8, 0.88, 0.95]),
  country('US', 310, { 'America/New_York': [-4, 47], 'America/Chicago': [-5, 29], 'America/Denver': [-6, 7], 'America/Los_Angeles': [-7, 17] }, { 'en-US': 90, 'es-US': 10 }, { english: 76, spanish: 15, chinese: 4, hindi: 3, vietnamese: 2 }, [0.9, 0.62, 0.43]),
  country('ID', 215, { 'Asia/Jakarta': [7, 80], 'Asia/Makassar': [8, 20] }, { 'id-ID': 92, 'en-US': 8 }, { indonesian: 1 }, [1, 0.88, 0.9]),
  country('BR', 180, { 'America/Sao_Paulo': [-3, 88], 'America/Manaus': [-4, 12] }, { 'pt-BR': 98, 'en-US': 2 }, { portuguese: 1 }, [1, 0.78, 0.81]),
  country('RU', 130, { 'Europe/Moscow': [3, 70], 'Asia/Yekaterinburg': [5, 20], 'Asia/Novosibirsk': [7, 10] }, { 'ru-RU': 97, 'en-US': 3 }, { russian: 1 }, [0.25, 0.62, 0.7]),
  country('NG', 110, { 'Africa/Lagos': [1, 1] }, { 'en-NG': 80, 'en-GB': 20 }, { nigerian: 1 }, [1, 0.9, 0.92]),
  country('PK', 110, { 'Asia/Karachi': [5, 1] }, { 'en-PK': 70, 'ur-PK': 30 }, { urdu: 1 }, [0.8, 0.88, 0.95]),
  country('BD', 80, { 'Asia/Dhaka': [6, 1] }, { 'bn-BD': 60, 'en-US': 40 }, { bengali: 1 }, [0.65, 0.9, 0.95]),
  country('JP', 105, { 'Asia/Tokyo': [9, 1] }, { 'ja-JP': 98, 'en-US': 2 }, { japanese: 1 }, [0.2, 0.7, 0.38]),
  country('MX', 107, { 'America/Mexico_City': [-6, 1] }, { 'es-MX': 96, 'en-US': 4 }, { spanish: 1 }, [1, 0.8, 0.78]),
  country('PH', 98, { 'Asia/Manila': [8, 1] }, { 'en-PH': 75, 'fil-PH': 25 }, { filipino: 1 }, [1, 0.86, 0.86]),
  country('VN', 79, { 'Asia/Ho_Chi_Minh': [7, 1] }, { 'vi-VN': 95, 'en-US': 5 }, { vietnamese: 1 }, [1, 0.82, 0.68]),
  country('EG', 96, { 'Africa/Cairo': [3, 1] }, { 'ar-EG': 75, 'en-US': 25 }, { arabic: 1 }, [0.45, 0.85, 0.87]),
  country('DE', 79, { 'Europe/Berlin': [2, 1] }, { 'de-DE': 93, 'en-US': 5, 'tr-TR': 2 }, { german: 88, turkish: 8, russian: 4 }, [0.9, 0.6, 0.6]),
  country('TR', 76, { 'Europe/Istanbul': [3, 1] }, { 'tr-TR': 97, 'en-US': 3 }, { turkish: 1 }, [1, 0.78, 0.77]),
  country('TH', 66, { 'Asia/Bangkok': [7, 1] }, { 'th-TH': 95, 'en-US': 5 }, { thai: 1 }, [0.3, 0.85, 0.68]),
  country('GB', 66, { 'Europe/London': [1, 1] }, { 'en-GB': 97, 'pl-PL': 1, 'en-US': 2 }, { english: 86, urdu: 5, hindi: 4, polish: 3, nigerian: 2 }, [0.98, 0.62, 0.48]),
  country('FR', 59, { 'Europe/Paris': [2, 1] }, { 'fr-FR': 97, 'en-US': 3 }, { french: 88, maghrebi: 10, portuguese: 2 }, [0.98, 0.62, 0.62]),
  country('IT', 52, { 'Europe/Rome': [2, 1] }, { 'it-IT': 97, 'en-US': 3 }, { italian: 1 }, [1, 0.66, 0.66]),
  country('KR', 50, { 'Asia/Seoul': [9, 1] }, { 'ko-KR': 98, 'en-US': 2 }, { korean: 1 }, [0.2, 0.72, 0.66]),
  country('ZA', 45, { 'Africa/Johannesburg': [2, 1] }, { 'en-ZA': 90, 'zu-ZA': 6, 'af-ZA': 4 }, { southAfrican: 80, english: 20 }, [1, 0.84, 0.83]),
  country('ES', 45, { 'Europe/Madrid': [2, 93], 'Atlantic/Canary': [1, 7] }, { 'es-ES': 90, 'ca-ES': 8, 'en-GB': 2 }, { spanish: 95, maghrebi: 5 }, [1, 0.68, 0.74]),
  country('AR', 41, { 'America/Argentina/Buenos_Aires': [-3, 1] }, { 'es-AR': 98, 'en-US': 2 }, { spanish: 92, italian: 8 }, [1, 0.76, 0.87]),
  country('CO', 39, { 'America/Bogota': [-5, 1] }, { 'es-CO': 98, 'en-US': 2 }, { spanish: 1 }, [1, 0.8, 0.84]),
  country('CA', 37, { 'America/Toronto': [-4, 65], 'America/Vancouver': [-7, 22], 'America/Edmonton': [-6, 13] }, { 'en-CA': 78, 'fr-CA': 22 }, { english: 66, french: 22, hindi: 6, chinese: 6 }, [0.95, 0.6, 0.42]),
  country('PL', 33, { 'Europe/Warsaw': [2, 1] }, { 'pl-PL': 96, 'uk-UA': 2, 'en-US': 2 }, { polish: 94, ukrainian: 6 }, [0.97, 0.65, 0.85]),
  country('MA', 34, { 'Africa/Casablanca': [1, 1] }, { 'fr-MA': 45, 'ar-MA': 55 }, { maghrebi: 1 }, [0.65, 0.84, 0.86]),
  country('SA', 34, { 'Asia/Riyadh': [3, 1] }, { 'ar-SA': 85, 'en-US': 15 }, { gulfArabic: 88, urdu: 7, filipino: 5 }, [0.35, 0.85, 0.52]),
  country('UA', 31, { 'Europe/Kyiv': [3, 1] }, { 'uk-UA': 78, 'ru-UA': 19, 'en-US': 3 }, { ukrainian: 82, russian: 18 }, [0.3, 0.66, 0.75]),
  country('AU', 25, { 'Australia/Sydney': [11, 60], 'Australia/Brisbane': [10, 25], 'Australia/Perth': [8, 15] }, { 'en-AU': 98, 'zh-CN': 2 }, { english: 88, chinese: 6, hindi: 6 }, [0.97, 0.62, 0.42]),
  country('KE', 22, { 'Africa/Nairobi': [3, 1] }, { 'en-KE': 75, 'sw-KE': 25 }, { kenyan: 1 }, [1, 0.9, 0.93]),
  country('KZ', 18, { 'Asia/Almaty': [5, 1] }, { 'ru-KZ': 58, 'kk-KZ': 42 }, { kazakh: 74, russian: 26 }, [0.3, 0.75, 0.72]),
  country('NL', 17, { 'Europe/Amsterdam': [2, 1] }, { 'nl-NL': 94, 'en-US': 6 }, { dutch: 92, turkish: 5, maghrebi: 3 }, [0.99, 0.6, 0.57]),
];

/**
 * How many accounts a country has beside others: by its people online, damped (to the power 0.7), so that small countries
 * have enough accounts for their habits to be seen.
 */
export function accountWeight(entry: Country): number {
  return entry.onlineMillions ** 0.7;
}

export const anyCountry = weighted(countries.map((entry) => [entry, accountWeight(entry)] as const));

const byCode = new Map(countries.map((entry) => [entry.code, entry]));

export function countryOf(code: CountryCode): Country {
  const found = byCode.get(code);
  if (found === undefined) throw new Error(`no people are described for ${code}`);
  return found;
}
