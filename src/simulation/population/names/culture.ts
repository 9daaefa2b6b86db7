/** A part of a name as people write it, and in plain Latin letters as it goes into usernames and addresses. */
export interface NamePart {
  readonly native: string;
  readonly latin: string;
}

/** How names are made in one culture: any given name of a group goes with any family name of the same group. */
export interface NameCulture {
  readonly groups: readonly { readonly given: readonly NamePart[]; readonly family: readonly NamePart[] }[];
  readonly familyFirst: boolean;
  /** What stands between the parts in the native script. */
  readonly separator: ' ' | '';
}

/** `text` lists parts, parted by spaces: `native:latin`, or only the native form where Latin letters need no more than to lose their marks. */
export function nameParts(text: string): readonly NamePart[] {
  return text
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [native, latin] = entry.split(':') as [string, string?];
      return { native: native.replaceAll('_', ' '), latin: latin ?? plainLatin(native) };
    });
}

export function nameCulture(
  groups: readonly (readonly [given: string, family: string])[],
  order: { readonly familyFirst?: boolean; readonly separator?: ' ' | '' } = {},
): NameCulture {
  return {
    groups: groups.map(([given, family]) => ({ given: nameParts(given), family: nameParts(family) })),
    familyFirst: order.familyFirst ?? false,
    separator: order.separator ?? ' ',
  };
}

/** Every first syllable with every second one, for cultures whose given names are built that way. */
export function syllablePairs(first: string, second: string): string {
  return nameParts(first)
    .flatMap((a) => nameParts(second).map((b) => `${a.native}${b.native}:${a.latin}${b.latin}`))
    .join(' ');
}

/** Lower case without marks: what Unicode cannot take apart is replaced by hand. */
export function plainLatin(text: string): string {
  const replaced = text
    .toLowerCase()
    .replace(/ł/g, 'l')
    .replace(/ß/g, 'ss')
    .replace(/đ/g, 'd')
    .replace(/ı/g, 'i')
    .replace(/ö/g, 'oe')
    .replace(/ü/g, 'ue');
  return replaced.normalize('NFD').replace(/[^a-z0-9]/g, '');
}
