import { mix, scaled, type SvgColour } from './svg.js';

/** The colours of a domain. The difference between the two styles is the mapping that a translation must learn. */
export interface Style {
  readonly sky: readonly [top: SvgColour, bottom: SvgColour];
  readonly meadow: readonly [far: SvgColour, near: SvgColour];
  readonly tuft: { readonly dark: SvgColour; readonly light: SvgColour };
  /** The body's colour for each coat. */
  readonly coats: readonly SvgColour[];
  /** Colour of the stripes; none on plain animals. */
  readonly stripes?: SvgColour;
}

/** Mane and tail, by coat: the same in both styles. */
export const MANES: readonly SvgColour[] = [
  [112, 58, 28], // chestnut
  [34, 26, 24], // bay
  [64, 46, 36], // brown
  [96, 92, 90], // grey
];

const coats: readonly SvgColour[] = [
  [150, 84, 44],
  [118, 68, 38],
  [94, 64, 46],
  [132, 116, 102],
];

/** A: plain animals on green meadows. */
export const PLAIN: Style = {
  sky: [
    [104, 160, 222],
    [196, 222, 240],
  ],
  meadow: [
    [124, 164, 78],
    [84, 132, 50],
  ],
  tuft: { dark: [58, 104, 38], light: [148, 186, 92] },
  coats,
};

/** B: striped animals on dry, yellowish savannah. */
export const STRIPED: Style = {
  sky: [
    [132, 174, 212],
    [234, 226, 206],
  ],
  meadow: [
    [212, 190, 120],
    [190, 156, 82],
  ],
  tuft: { dark: [148, 116, 56], light: [230, 210, 146] },
  coats: coats.map((coat) => mix([236, 230, 218], scaled(coat, 1.5), 0.12)),
  stripes: [58, 49, 44],
};
