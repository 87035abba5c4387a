import { keyedRandom, type Random } from '../../../support/keyed-random.js';
import type { SvgPoint } from './svg.js';

/** Side of the square in which scenes are defined; images of any size show the same square. */
export const CANVAS = 256;

/** The content of an image: geometry and light, independent of the domain. Drawn in both styles, it gives a true pair. */
export interface Scene {
  /** y of the line between sky and meadow. */
  readonly horizon: number;
  /** Brightness of the whole image around 1, and its warmth around 0. */
  readonly light: number;
  readonly warmth: number;
  /** Brightness of the meadow around 1. */
  readonly meadow: number;
  readonly hills: readonly (readonly SvgPoint[])[];
  readonly clouds: readonly Ellipse[];
  readonly trees: readonly SceneTree[];
  /** Large, soft lighter and darker areas of the meadow. */
  readonly patches: readonly (Ellipse & { readonly dark: boolean })[];
  readonly tufts: readonly Tuft[];
  /** Far ones first. */
  readonly animals: readonly Animal[];
}

export interface Ellipse {
  readonly centre: SvgPoint;
  readonly rx: number;
  readonly ry: number;
}
export interface SceneTree {
  readonly foot: SvgPoint;
  readonly height: number;
  readonly shade: number;
}
export interface Tuft {
  readonly foot: SvgPoint;
  readonly height: number;
  readonly lean: number;
  readonly dark: boolean;
}

/** Angles in radians, 0 forward, positive up. */
export interface Animal {
  /** The point where it stands. */
  readonly foot: SvgPoint;
  /** At 1 its trunk is 100 units long. */
  readonly scale: number;
  readonly facing: 1 | -1;
  /** Index of its coat. The colour of the mane shows it in both styles, so a translation can infer it. */
  readonly coat: number;
  /** Thickness of the trunk around 1. */
  readonly girth: number;
  readonly neck: number;
  readonly head: number;
  /** How far each leg swings forward: hind far, fore far, hind near, fore near. */
  readonly legs: readonly [number, number, number, number];
  readonly tail: number;
}

/** Number of different coats. */
export const COATS = 4;

/** The scene of a key: the same key, the same scene. */
export function drawScene(...key: readonly (string | number)[]): Scene {
  const random = keyedRandom('scene', ...key);
  const horizon = random.between(62, 118);
  return {
    horizon,
    light: random.between(0.86, 1.06),
    warmth: random.between(-0.5, 1),
    meadow: random.between(0.9, 1.1),
    hills: several(random, 1, 2, () => hill(random, horizon)),
    clouds: several(random, 0, 4, () => cloud(random, horizon)).flat(),
    trees: several(random, 0, 5, () => tree(random, horizon)),
    patches: several(random, 5, 10, () => patch(random, horizon)),
    tufts: several(random, 220, 320, () => tuft(random, horizon)).sort((a, b) => a.foot[1] - b.foot[1]),
    animals: animals(random, horizon),
  };
}

function several<T>(random: Random, least: number, most: number, make: () => T): T[] {
  return Array.from({ length: least + random.int(most - least + 1) }, make);
}

function hill(random: Random, horizon: number): SvgPoint[] {
  const height = random.between(6, 30);
  const [phase, wave] = [random.between(0, 6), random.between(0.01, 0.03)];
  const top = Array.from({ length: 18 }, (_, i): SvgPoint => {
    const x = -16 + i * 17;
    return [x, horizon - height * (0.55 + 0.45 * Math.sin(phase + x * wave))];
  });
  return [...top, [300, horizon + 2], [-20, horizon + 2]];
}

function cloud(random: Random, horizon: number): Ellipse[] {
  const [x, y, size] = [random.between(0, CANVAS), random.between(8, horizon * 0.6), random.between(9, 20)];
  return several(random, 3, 5, () => ({
    centre: [x + random.between(-1.4, 1.4) * size, y + random.between(-0.25, 0.25) * size] as const,
    rx: size * random.between(0.7, 1.3),
    ry: size * random.between(0.25, 0.42),
  }));
}

function tree(random: Random, horizon: number): SceneTree {
  const foot: SvgPoint = [random.between(0, CANVAS), horizon + random.between(0, 6)];
  return { foot, height: random.between(14, 40), shade: random.between(0.8, 1.15) };
}

function patch(random: Random, horizon: number) {
  const y = random.between(horizon + 6, CANVAS);
  const near = 0.3 + (y - horizon) / (CANVAS - horizon);
  const size = random.between(25, 60) * near;
  return { centre: [random.between(0, CANVAS), y] as const, rx: size, ry: size * 0.22, dark: random.chance(0.5) };
}

function tuft(random: Random, horizon: number): Tuft {
  const depth = random.float() ** 0.8;
  const foot: SvgPoint = [random.between(0, CANVAS), horizon + 4 + (CANVAS - horizon) * depth];
  return {
    foot,
    height: (2 + 9 * depth) * random.between(0.6, 1.3),
    lean: random.between(-0.5, 0.5),
    dark: random.chance(0.6),
  };
}

function animals(random: Random, horizon: number): Animal[] {
  const scale = random.between(1.05, 1.6);
  const nearest: SvgPoint = [random.between(96, 160), random.between(Math.max(horizon + 70, 178), 238)];
  const first = animal(random, nearest, scale);
  if (!random.chance(0.3)) return [first];
  const side = nearest[0] > 128 ? -1 : 1;
  const behind: SvgPoint = [nearest[0] + side * random.between(50, 90), nearest[1] - random.between(14, 34)];
  return [animal(random, behind, scale * random.between(0.55, 0.75)), first];
}

function animal(random: Random, foot: SvgPoint, scale: number): Animal {
  const grazing = random.chance(0.25);
  const swing = () => random.between(-0.32, 0.32);
  return {
    foot,
    scale,
    facing: random.chance(0.5) ? 1 : -1,
    coat: random.int(COATS),
    girth: random.between(0.92, 1.12),
    neck: grazing ? random.between(-1.1, -0.8) : random.between(0.45, 1),
    head: grazing ? random.between(-1.35, -1.05) : random.between(-0.85, -0.35),
    legs: [swing(), swing(), swing(), swing()],
    tail: random.between(-0.1, 0.5),
  };
}
