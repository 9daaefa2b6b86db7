import type { Random } from '../random.ts';
import { weighted } from '../random.ts';
import { dayMs } from '../time.ts';
import type { Country } from './countries.ts';

export type DeviceFamily = 'android' | 'ios' | 'desktop';

/** A device as the platform sees it. Versions move with event time, each device at its own pace. */
export interface Device {
  readonly id: string;
  readonly family: DeviceFamily;
  /** The phone's system and model or the computer's platform, as in its user agent. */
  readonly model: string;
  /** Width and height in pixels. */
  readonly screen: string;
  /** Uses the platform's app; otherwise a browser. */
  readonly usesApp: boolean;
  readonly browser: Browser;
  /** Days that this device is behind on updates. */
  readonly updateLagDays: number;
}

type Browser = 'chrome' | 'safari' | 'firefox' | 'edge';

const androidModel = weighted<readonly [model: string, screen: string]>([
  [['SM-A146B', '1080x2408'], 10],
  [['SM-A546E', '1080x2340'], 12],
  [['SM-S918B', '1440x3088'], 6],
  [['SM-G991B', '1080x2400'], 6],
  [['SM-A037F', '720x1600'], 7],
  [['Redmi Note 12', '1080x2400'], 11],
  [['M2101K6G', '1080x2400'], 6],
  [['2201117TY', '1080x2400'], 6],
  [['220333QAG', '720x1650'], 7],
  [['CPH2387', '720x1612'], 8],
  [['V2111', '720x1600'], 7],
  [['RMX3511', '1080x2408'], 6],
  [['TECNO KI5k', '720x1612'], 7],
  [['Infinix X6525', '720x1612'], 6],
  [['moto g54 5G', '1080x2400'], 5],
  [['Pixel 7', '1080x2400'], 4],
  [['Pixel 8 Pro', '1344x2992'], 2],
]);

const androidVersion = weighted([
  ['15', 26],
  ['14', 30],
  ['13', 20],
  ['12', 12],
  ['11', 9],
  ['10', 3],
]);

const iosScreen = weighted([
  ['1170x2532', 34],
  ['1179x2556', 24],
  ['1290x2796', 18],
  ['828x1792', 12],
  ['750x1334', 8],
  ['1284x2778', 4],
]);

const desktopPlatform = weighted([
  ['Windows NT 10.0; Win64; x64', 74],
  ['Macintosh; Intel Mac OS X 10_15_7', 19],
  ['X11; Linux x86_64', 4],
  ['X11; CrOS x86_64 14541.0.0', 3],
]);
const desktopScreen = weighted([
  ['1920x1080', 46],
  ['1366x768', 19],
  ['1536x864', 12],
  ['2560x1440', 11],
  ['1440x900', 7],
  ['1280x720', 3],
  ['3840x2160', 2],
]);
const desktopBrowser = weighted<Browser>([
  ['chrome', 76],
  ['edge', 14],
  ['firefox', 10],
]);

/** A device as one finds it in the country: a phone or a computer of a common kind. */
export function commonDevice(random: Random, country: Country): Device {
  return deviceOf(random, drawFamily(random, country));
}

export function deviceOf(random: Random, family: DeviceFamily): Device {
  const [model, screen] = modelOf(random, family);
  return {
    id: `d_${random.hex(16)}`,
    family,
    model,
    screen,
    usesApp: family !== 'desktop' && random.chance(0.8),
    browser: family === 'desktop' ? desktopBrowser(random) : family === 'ios' ? 'safari' : 'chrome',
    updateLagDays: random.chance(0.12) ? random.exponential(160) : random.exponential(9),
  };
}

function drawFamily(random: Random, country: Country): DeviceFamily {
  if (!random.chance(country.phoneShare)) return 'desktop';
  return random.chance(country.androidShare) ? 'android' : 'ios';
}

function modelOf(random: Random, family: DeviceFamily): readonly [model: string, screen: string] {
  if (family === 'android') {
    const [model, screen] = androidModel(random);
    return [`Android ${androidVersion(random)}; ${model}`, screen];
  }
  if (family === 'ios') return ['iPhone', iosScreen(random)];
  return [desktopPlatform(random), desktopScreen(random)];
}

/** The day on which minor version 0 of the app, Chrome 140 and iOS 19.0 are set, so that versions follow from event time. */
const releaseEpochMs = Date.UTC(2026, 3, 6);

function daysOfRelease(device: Device, timeMs: number): number {
  return (timeMs - releaseEpochMs) / dayMs - device.updateLagDays;
}

/** A minor version a week, and a correction in the middle of it: `11.26.0`, `11.26.1`. */
export function appVersionAt(device: Device, timeMs: number): string | undefined {
  if (!device.usesApp) return undefined;
  const weeks = daysOfRelease(device, timeMs) / 7 + 52;
  const minor = Math.max(0, Math.floor(weeks)) % 52;
  const major = weeks < 52 ? 10 : 11;
  return `${String(major)}.${String(minor)}.${weeks - Math.floor(weeks) < 0.5 ? '0' : '1'}`;
}

/** The device's id at that time: a new one in every period of so many days. */
export function deviceIdAt({ id, updateLagDays }: Device, timeMs: number, lastsDays: number): string {
  if (lastsDays === Infinity) return id;
  return `${id}${Math.floor(timeMs / dayMs / lastsDays + updateLagDays).toString(36)}`;
}

export function userAgentAt(
  device: Device,
  timeMs: number,
  appAgent: 'browser' | 'own' | 'library' = 'browser',
): string {
  if (device.usesApp && appAgent === 'library') return device.family === 'ios' ? 'Alamofire/5.9.1' : 'okhttp/4.12.0';
  if (device.usesApp && appAgent === 'own') return `Platform/${appVersionAt(device, timeMs) ?? '1'} (${device.model})`;
  const days = daysOfRelease(device, timeMs);
  const chrome = String(140 + Math.floor(days / 28));
  if (device.family === 'ios') {
    const os = `19_${String(Math.max(0, Math.floor(days / 45)))}`;
    const suffix = device.usesApp ? 'Mobile/15E148' : `Version/${os.replace('_', '.')} Mobile/15E148 Safari/604.1`;
    return `Mozilla/5.0 (iPhone; CPU iPhone OS ${os} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ${suffix}`;
  }
  if (device.family === 'android') {
    const webView = device.usesApp ? '; wv' : '';
    return `Mozilla/5.0 (Linux; ${device.model}${webView}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome}.0.0.0 Mobile Safari/537.36`;
  }
  if (device.browser === 'firefox') {
    return `Mozilla/5.0 (${device.model}; rv:${chrome}.0) Gecko/20100101 Firefox/${chrome}.0`;
  }
  const edge = device.browser === 'edge' ? ` Edg/${chrome}.0.0.0` : '';
  return `Mozilla/5.0 (${device.model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome}.0.0.0 Safari/537.36${edge}`;
}
