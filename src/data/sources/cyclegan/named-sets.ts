import type { RequiredSplit } from '../../../registry/kinds/dataset.js';

/** A data set of the CycleGAN paper, or another one that its authors publish. */
export interface NamedSet {
  /** Descriptions of the two domains. */
  readonly a: string;
  readonly b: string;
  /** The published number of images. */
  readonly counts: Readonly<Record<RequiredSplit, number>>;
  /** Size of the archive in bytes. */
  readonly bytes: number;
  /** SHA-256 of the archive, from TensorFlow Datasets (`url_checksums/cycle_gan.txt`). */
  readonly sha256: string;
  /** Whether images of A and B that are called the same belong together. */
  readonly paired?: true;
  /** A remark for users of the set. */
  readonly remark?: string;
}

/** The authors' server, with NAME.zip of each set. */
export const AUTHORS_SERVER = 'https://efrosgans.eecs.berkeley.edu/cyclegan/datasets';

const counts = (trainA: number, trainB: number, testA: number, testB: number) => ({ trainA, trainB, testA, testB });

/** The sets named `cycle_gan/NAME` in TensorFlow Datasets, with the sizes, checksums and counts of its catalogue. */
export const SETS = {
  horse2zebra: {
    a: 'horses',
    b: 'zebras',
    counts: counts(1067, 1334, 120, 140),
    bytes: 116_867_962,
    sha256: 'a74d9d392eecca9966b51287a76ca126af473d9de4f3e8fc0e9cda08fa1730a1',
  },
  apple2orange: {
    a: 'apples',
    b: 'oranges',
    counts: counts(995, 1019, 266, 248),
    bytes: 78_456_409,
    sha256: '845a191e9af8926408ea597001cd03a452e3300a1f44a79fe329b3d59f6e3eb8',
  },
  summer2winter_yosemite: {
    a: 'Yosemite in summer',
    b: 'Yosemite in winter',
    counts: counts(1231, 962, 309, 238),
    bytes: 132_640_856,
    sha256: '167fe1726807a9d22bd106b4a6c0bd7953b688af924ac1bf967439c4961e49f9',
  },
  monet2photo: {
    a: 'paintings by Monet',
    b: 'landscape photographs',
    counts: counts(1072, 6287, 121, 751),
    bytes: 305_231_073,
    sha256: '88f91b00fc228f97c9411fbf1880ec1d119c98f1722e4cfcfaa2fb35fac05b04',
  },
  cezanne2photo: {
    a: 'paintings by Cezanne',
    b: 'landscape photographs',
    counts: counts(525, 6287, 58, 751),
    bytes: 279_885_071,
    sha256: '3a6c10ca21f9485862f1cbd707744b9dc258954a04631271d23a3605eeb63cff',
  },
  ukiyoe2photo: {
    a: 'ukiyo-e prints',
    b: 'landscape photographs',
    counts: counts(562, 6287, 263, 751),
    bytes: 292_946_532,
    sha256: '02a2a2fb5ecf425ca1bf86aca7304377da64a2a1d3b86df54eb65e4068bf3b08',
  },
  vangogh2photo: {
    a: 'paintings by van Gogh',
    b: 'landscape photographs',
    counts: counts(400, 6287, 400, 751),
    bytes: 306_590_349,
    sha256: '362c3473e70be0944bda08d49d660eafdc2854df55d697835b8186d1d79caaff',
  },
  maps: {
    a: 'aerial photographs',
    b: 'maps',
    paired: true,
    counts: counts(1096, 1096, 1098, 1098),
    bytes: 1_476_754_427,
    sha256: '639534f69dbf9f36bef8d6292a7698006361221f83f0285d7c9ca78afe6e8a9e',
  },
  cityscapes: {
    a: 'street scenes',
    b: 'their label maps',
    paired: true,
    counts: counts(2975, 2975, 500, 500),
    bytes: 279_601_602,
    sha256: 'd2f6910fd056c1ee9873777ae838e7ac4a2c833598ae62a04188e5ab2f4ea036',
    remark:
      'Withdrawn by the authors over its licence: get the images from https://www.cityscapes-dataset.com, prepare them with the authors’ ' +
      'prepare_cityscapes_dataset.py, and use type: folder (or a mirror of your own).',
  },
  facades: {
    a: 'photographs of facades',
    b: 'their label maps',
    paired: true,
    counts: counts(400, 400, 106, 106),
    bytes: 35_135_868,
    sha256: '9a31ebf3a31b9b5cd195dd5bf62e9308e00cb94604d1019e3889ac84248695c0',
  },
  iphone2dslr_flower: {
    a: 'flowers, taken with a telephone',
    b: 'flowers, taken with an SLR camera',
    counts: counts(1812, 3325, 569, 480),
    bytes: 339_964_458,
    sha256: '8fcb5e374d631b107e1d961b8c4cd0a186aa2a4ff3e279923f4c426128de7113',
  },
} as const satisfies Readonly<Record<string, NamedSet>>;

export type SetName = keyof typeof SETS;
export const SET_NAMES = Object.keys(SETS) as SetName[];

export function namedSet(name: SetName): NamedSet {
  return SETS[name];
}
