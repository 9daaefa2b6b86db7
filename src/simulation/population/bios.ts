import type { Random } from '../random.ts';

/** Fragments of what people write about themselves, by language; other languages use English, as many do. */
const fragments: Readonly<Record<string, readonly string[]>> = {
  en: [
    'coffee first',
    'mom of two',
    'part-time dreamer',
    'engineer',
    'dog person',
    'music is life',
    'here for the memes',
    'student',
    'just be kind',
    'gym & books',
    'proud dad',
    'photography',
  ],
  es: [
    'vive y deja vivir',
    'mamá de dos',
    'estudiante',
    'amante del café',
    'fútbol y familia',
    'viajar es vivir',
    'música',
  ],
  pt: ['mãe coruja', 'apaixonada por café', 'estudante', 'Deus no comando', 'futebol', 'vivendo um dia de cada vez'],
  fr: ['étudiante', 'café et livres', 'papa de deux', 'la vie est belle', 'voyages', 'photographe amateur'],
  de: ['Kaffee und Bücher', 'Papa von zwei', 'Studentin', 'immer unterwegs', 'Hunde und Berge', 'Musik'],
  ru: ['мама двоих', 'студентка', 'люблю кофе', 'музыка и книги', 'просто живу', 'путешествия'],
  ar: ['الحمد لله', 'طالب جامعي', 'أحب القهوة', 'عاشق السفر', 'مصور هاوي'],
  hi: ['जय हिन्द', 'छात्र', 'संगीत प्रेमी', 'चाय प्रेमी', 'सपने बड़े'],
  id: ['pecinta kopi', 'mahasiswa', 'ibu dua anak', 'jalan-jalan', 'hidup santai'],
  tr: ['kahve ve kitap', 'öğrenci', 'iki çocuk annesi', 'gezgin', 'müzik'],
  zh: ['爱生活', '学生一枚', '咖啡和猫', '慢慢来', '旅行中'],
  ja: ['大学生', '猫好き', 'カフェ巡り', '音楽と本', 'のんびり'],
  ko: ['대학생', '커피와 책', '여행 좋아요', '고양이 집사', '소소한 일상'],
  vi: ['yêu cà phê', 'sinh viên', 'mẹ hai con', 'thích du lịch', 'sống chậm'],
};

const marks = ['✨', '❤️', '🌍', '☕', '📚', '🎶', '⚽', '🙏'] as const;

/** A short text about oneself, one to three fragments; short ones repeat between people. */
export function ownBio(random: Random, locale: string): string {
  const pool = fragments[locale.slice(0, 2)] ?? fragments['en'] ?? [];
  const parts = Array.from({ length: random.integer(1, 3) }, () => random.pick(pool));
  const text = [...new Set(parts)].join(random.pick([' | ', ', ', ' · ', '. ']));
  return random.chance(0.4) ? `${text} ${random.pick(marks)}` : text;
}
