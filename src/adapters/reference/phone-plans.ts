import type { CountryCode } from 'libphonenumber-js/max';
import type { LineType, PhoneFacts } from '../../features/reference.ts';

/**
 * What is used of the library's metadata. Its own types name less than it has: a test holds this reader against the library, with
 * the version that is installed.
 */
export interface PhoneMetadata {
  hasCallingCode(code: string): boolean | undefined;
  /** The main one first; undefined for a code that no country has. */
  getCountryCodesForCallingCode(code: string): readonly CountryCode[] | undefined;
  /** @param place A country, or a calling code for the plan of its main country. */
  selectNumberingPlan(place: string): { readonly numberingPlan: PublishedPlan };
}

/** Of the texts, an empty one or none stands for nothing. */
interface PublishedPlan {
  nationalNumberPattern(): string;
  nationalPrefixForParsing(): string | undefined;
  leadingDigits(): string | undefined;
  type(name: TypeName): { pattern(): string; possibleLengths(): readonly number[] } | undefined;
}

type TypeName = 'FIXED_LINE' | (typeof otherTypes)[number];

/** In the order in which the library asks, once a number is no fixed line. */
const otherTypes = [
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const;

/** A kind of line in a plan. */
interface LineTest {
  readonly lineType: LineType;
  /** Digits that its numbers may have. */
  readonly lengths: readonly number[];
  readonly pattern: RegExp;
}

interface Plan {
  readonly country: CountryCode | undefined;
  /** Where it is known, it tells the countries of one calling code apart without the rest. */
  readonly leadingDigits: RegExp | undefined;
  readonly pattern: RegExp;
  readonly fixed: LineTest | undefined;
  /** Undefined where fixed lines and mobile ones have the same numbers. */
  readonly mobile: LineTest | undefined;
  /** Mobile ones first. */
  readonly others: readonly LineTest[];
}

/** The countries that share a calling code. */
interface CallingCode {
  readonly length: number;
  /** What people write before a national number, by the main country's habits. */
  readonly nationalPrefix: RegExp | undefined;
  /** One a country, the main one first; the only one of a code that no country has. */
  readonly plans: readonly [Plan, ...Plan[]];
}

const e164 = /^\+[1-9]\d{6,16}$/;
const codeLengthMax = 3;

/**
 * Reads numbers in international form by the library's metadata, as the library would: it compiles some ten patterns anew for each
 * number, which was a third of all that is read of a signup. Here each is compiled once, when its calling code first comes;
 * there are no more of them than countries. What takes more than a plan to read is left to the library.
 */
export class PhonePlans {
  readonly #metadata: PhoneMetadata;
  /** By what a number may begin with: at most 1,110 texts of three digits or fewer. Undefined for what is no calling code. */
  readonly #codes = new Map<string, CallingCode | undefined>();

  constructor(metadata: PhoneMetadata) {
    this.#metadata = metadata;
  }

  /** `unusual` for what the library has to read: another form, or a number with a prefix that belongs before a national one. */
  read(number: string): PhoneFacts | 'unusual' | undefined {
    if (!e164.test(number)) return 'unusual';
    const code = this.#codeOf(number);
    if (code === undefined) return undefined;
    const national = number.slice(1 + code.length);
    if (hasNationalPrefix(code, national)) return 'unusual';
    const plan = code.plans.length === 1 ? code.plans[0] : code.plans.find((one) => isOf(one, national));
    const lineType = lineTypeOf(plan ?? code.plans[0], national);
    return { number, country: plan?.country, lineType: lineType ?? 'unknown', isAssigned: lineType !== undefined };
  }

  /** No calling code is the beginning of another. */
  #codeOf(number: string): CallingCode | undefined {
    for (let length = 1; length <= codeLengthMax; length++) {
      const text = number.slice(1, 1 + length);
      let code = this.#codes.get(text);
      if (code === undefined && !this.#codes.has(text)) {
        code = this.#metadata.hasCallingCode(text) ? compileCode(this.#metadata, text) : undefined;
        this.#codes.set(text, code);
      }
      if (code !== undefined) return code;
    }
    return undefined;
  }
}

/** Prefixes may be optional: one that matched nothing is none. */
function hasNationalPrefix({ nationalPrefix }: CallingCode, national: string): boolean {
  const match = nationalPrefix?.exec(national);
  return match?.some((part: string | undefined) => part !== undefined && part !== '') ?? false;
}

/** Whether a number is of this country, among those that share a calling code. */
function isOf(plan: Plan, national: string): boolean {
  return plan.leadingDigits?.test(national) ?? lineTypeOf(plan, national) !== undefined;
}

/** Undefined for a number that the plan has not given out. */
function lineTypeOf({ pattern, fixed, mobile, others }: Plan, national: string): LineType | undefined {
  if (!pattern.test(national)) return undefined;
  if (holds(fixed, national)) return mobile === undefined || holds(mobile, national) ? 'unknown' : 'fixed';
  for (const line of others) if (holds(line, national)) return line.lineType;
  return undefined;
}

function holds(line: LineTest | undefined, national: string): boolean {
  return line !== undefined && line.lengths.includes(national.length) && line.pattern.test(national);
}

function compileCode(metadata: PhoneMetadata, code: string): CallingCode {
  const main = metadata.selectNumberingPlan(code).numberingPlan;
  const prefix = main.nationalPrefixForParsing();
  const [first, ...rest] = metadata.getCountryCodesForCallingCode(code) ?? [];
  const planOf = (country: CountryCode): Plan =>
    compilePlan(country, metadata.selectNumberingPlan(country).numberingPlan);
  return {
    length: code.length,
    nationalPrefix: prefix ? new RegExp(`^(?:${prefix})`) : undefined,
    plans: first === undefined ? [compilePlan(undefined, main)] : [planOf(first), ...rest.map(planOf)],
  };
}

function compilePlan(country: CountryCode | undefined, plan: PublishedPlan): Plan {
  const leadingDigits = plan.leadingDigits();
  const others = otherTypes.map((name) => compileLine(plan, name)).filter((line) => line !== undefined);
  return {
    country,
    leadingDigits: leadingDigits ? new RegExp(`^(?:${leadingDigits})`) : undefined,
    pattern: whole(plan.nationalNumberPattern()),
    fixed: compileLine(plan, 'FIXED_LINE'),
    mobile: others.find(({ lineType }) => lineType === 'mobile'),
    others,
  };
}

function compileLine(plan: PublishedPlan, name: TypeName): LineTest | undefined {
  const type = plan.type(name);
  const pattern = type?.pattern();
  return type && pattern
    ? { lineType: lineTypes[name] ?? 'unknown', lengths: type.possibleLengths(), pattern: whole(pattern) }
    : undefined;
}

const lineTypes: Partial<Record<TypeName, LineType>> = { FIXED_LINE: 'fixed', MOBILE: 'mobile', VOIP: 'voip' };

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
