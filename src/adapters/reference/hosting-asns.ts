/**
 * Autonomous systems where servers are rented, by words of the registered name: clouds, hosting, and the networks in which
 * exits of VPN services stand. Those with the most IPv4 addresses, chosen by hand in November 2026 from the names in
 * `@ip-location-db/asn` 2.3.2026061719; a test holds numbers and names together.
 *
 * Left out on purpose, since people come out of them: Cloudflare, Fastly and Akamai's delivery network (iCloud Private Relay,
 * WARP), Google's own network 15169, Apple, gateways of company networks (Zscaler), carriers that also rent servers
 * (Cogent, NTT, China Telecom). A list of bad networks it is not: honest people use VPNs.
 */
const systemsByName: Readonly<Record<string, readonly number[]>> = {
  // Clouds.
  Akamai: [63949],
  Alibaba: [37963, 45102, 134963],
  Amazon: [7224, 8987, 14618, 16509],
  Baidu: [38365, 55967],
  'Cloud.ru': [208677],
  DigitalOcean: [14061, 393406],
  Google: [396982],
  Huawei: [55990, 136907],
  'IBM Cloud': [36351],
  Kingsoft: [59019],
  Microsoft: [8075],
  'Naver Cloud': [23576],
  NHNCLOUD: [45974],
  Oracle: [31898, 54253, 64102],
  Tencent: [45090, 132203, 133478],
  UCLOUD: [135377],
  'Yandex.Cloud': [200350],
  // Hosting.
  '23M': [47447],
  'A2 Hosting': [55293],
  AEZA: [210644],
  Akenes: [61098],
  Anexia: [42473],
  Aruba: [31034, 202613],
  'B2 Net Solutions': [55286],
  Beget: [198610],
  'Cherry Servers': [16125],
  CNSERVERS: [40065],
  'Constant Company': [20473],
  Contabo: [40021, 51167, 141995],
  'CTG Server': [152194],
  'Dedicated.com': [63018],
  'DMIT Cloud': [906],
  EGIHosting: [18779],
  Enzu: [18978],
  Eonix: [62904],
  FDCservers: [30058],
  firstcolo: [31400, 44066],
  FortressITX: [25653],
  FranTech: [53667],
  'G-Core': [199524, 202422],
  GleSYS: [42708],
  'GMO Internet': [7506, 58791],
  GoDaddy: [26496, 398101],
  'GREEN FLOID': [21100, 204957],
  Hetzner: [24940, 212317, 213230, 215859],
  Hivelocity: [29802, 61317],
  'Host Europe': [8972, 20773, 21499, 34011],
  HostDime: [33182],
  HostHatch: [63473],
  Hostinger: [47583],
  HOSTKEY: [57043],
  HostPapa: [11989, 36352, 54290],
  HostRoyale: [207990],
  'Hosting technology': [48282],
  'Hosting Ukraine': [200000],
  'HZ Hosting': [59711],
  InMotion: [22611, 54641],
  Interserver: [19318],
  IOMART: [20860, 35425],
  IONOS: [8560],
  'IP Volume': [202425],
  'IT7 Networks': [25820],
  Kamatera: [36007, 41436, 64022],
  'Kaopu Cloud': [138915],
  Keyweb: [31103],
  Leaseweb: [7203, 19148, 27411, 28753, 30633, 32613, 59253, 60781, 205544, 394380, 395954, 396190, 396362],
  'Limestone Networks': [46475],
  'Liquid Web': [32244, 36444],
  Melbikomas: [56630],
  MEVSPACE: [201814],
  MULTACOM: [35916],
  Namecheap: [22612],
  NetActuate: [36236],
  netcup: [197540],
  'New Dream': [26347],
  Newfold: [29873],
  Nexeon: [20278],
  NForce: [43350],
  Nocix: [33387],
  NovoServe: [24875],
  OVH: [16276, 35540],
  Performive: [46562],
  PlusServer: [61157],
  'Private Layer': [51852],
  Psychz: [40676],
  PureVoltage: [26548],
  QuadraNet: [8100],
  QuickPacket: [46261],
  Rackspace: [15395, 19994, 24867, 27357, 33070, 45187],
  'REG.RU': [197695],
  RouterHosting: [14956],
  'SAKURA Internet': [7684, 9370, 9371],
  Scalaxy: [58061],
  Scaleway: [12876, 29447, 54265],
  'SECURED SERVERS': [19437, 20454],
  Selectel: [49505, 50340],
  Serverius: [50673],
  'Servers.com': [7979],
  'SERVERS TECH': [216071],
  Sharktech: [46844],
  Strato: [6724],
  TIMEWEB: [9123, 210976],
  tzulo: [11878],
  'UK Dedicated Servers': [42831],
  'Unified Layer': [46606],
  UpCloud: [202053],
  'velia.net': [29066, 30083],
  Voxility: [3223],
  'WholeSale Internet': [32097],
  WorldStream: [8315, 49981],
  Xserver: [131965],
  Zenlayer: [21859, 62610],
  Zomro: [204601],
  // Where VPN services rent.
  '31173 Services': [39351],
  Clouvider: [62240],
  Datacamp: [60068, 212238],
  'GSL Networks': [137409],
  M247: [9009, 16247, 42973],
  PacketHub: [136787, 141039, 147049, 207137, 272096],
};

/** Words of the registered name of each autonomous system of the list. */
export const hostingNames: ReadonlyMap<number, string> = new Map(
  Object.entries(systemsByName).flatMap(([name, asns]) => asns.map((asn): [number, string] => [asn, name])),
);

/** What an installation knows better than the list. */
export interface HostingCorrections {
  /** Autonomous systems where servers are rented though the list does not have them. */
  readonly added: readonly number[];
  /** Those of the list out of which people come. */
  readonly removed: readonly number[];
}

/** Whether servers are rented in an autonomous system. One that is both added and removed is none. */
export function hostingTest({ added, removed }: HostingCorrections): (asn: number) => boolean {
  const asns = new Set([...hostingNames.keys(), ...added]);
  for (const asn of removed) asns.delete(asn);
  return (asn) => asns.has(asn);
}
