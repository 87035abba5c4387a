import { sidesOf, type Sides } from '../../../support/sides.js';
import { paintAnimal } from './animal.js';
import { CANVAS, type Ellipse, type Scene, type SceneTree, type Tuft } from './scene.js';
import type { Style } from './animal-style.js';
import { blob, num, polygon, rgb, scaled, type SvgColour } from './svg.js';

/** A scene in a style, as an SVG document of that size; the scene is a square, stretched to it. */
export function paint(scene: Scene, style: Style, size: Sides): string {
  const { height, width } = sidesOf(size);
  const stretched = height === width ? '' : ' preserveAspectRatio="none"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${CANVAS} ${CANVAS}"${stretched}>`,
    definitions(scene, style),
    `<rect width="${CANVAS}" height="${CANVAS}" fill="url(#sky)"/>`,
    ...scene.clouds.map((cloud) => ellipse(cloud, '#fff', 0.55)),
    ...scene.hills.map((hill, i) => `<path d="${polygon(hill)}" fill="${i === 0 ? '#8fa6b4' : '#7d9390'}"/>`),
    `<rect y="${num(scene.horizon)}" width="${CANVAS}" height="${CANVAS}" fill="url(#meadow)"/>`,
    ...scene.trees.map(tree),
    ...scene.patches.map((patch) => ellipse(patch, patch.dark ? '#000' : '#fff', 0.09)),
    tufts(scene.tufts.filter(behind(scene)), scene, style),
    ...scene.animals.map((animal, i) => paintAnimal(animal, style, `a${i}`)),
    tufts(
      scene.tufts.filter((tuft) => !behind(scene)(tuft)),
      scene,
      style,
    ),
    light(scene),
    '</svg>',
  ].join('');
}

/** Grass farther away than the feet of the nearest animal. */
function behind(scene: Scene): (tuft: Tuft) => boolean {
  const ground = scene.animals.at(-1)!.foot[1];
  return (tuft) => tuft.foot[1] < ground;
}

function definitions(scene: Scene, style: Style): string {
  const [far, near] = style.meadow;
  return (
    `<defs>${gradient('sky', 0, scene.horizon, style.sky)}` +
    gradient('meadow', scene.horizon, CANVAS, [scaled(far, scene.meadow), scaled(near, scene.meadow)]) +
    '<linearGradient id="body" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="-100" y2="-20">' +
    '<stop offset="0" stop-color="#fff" stop-opacity=".14"/><stop offset=".5" stop-color="#000" stop-opacity="0"/>' +
    '<stop offset="1" stop-color="#000" stop-opacity=".2"/></linearGradient></defs>'
  );
}

function gradient(id: string, top: number, bottom: number, [from, to]: readonly [SvgColour, SvgColour]): string {
  return (
    `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="${num(top)}" y2="${num(bottom)}">` +
    `<stop offset="0" stop-color="${rgb(from)}"/><stop offset="1" stop-color="${rgb(to)}"/></linearGradient>`
  );
}

function ellipse({ centre, rx, ry }: Ellipse, fill: string, opacity: number): string {
  const [cx, cy] = centre;
  return `<ellipse cx="${num(cx)}" cy="${num(cy)}" rx="${num(rx)}" ry="${num(ry)}" fill="${fill}" fill-opacity="${num(opacity)}"/>`;
}

function tree({ foot: [x, y], height, shade }: SceneTree): string {
  const crown = blob([
    [x - height * 0.5, y - height * 0.55],
    [x - height * 0.25, y - height * 0.95],
    [x + height * 0.25, y - height],
    [x + height * 0.5, y - height * 0.6],
    [x, y - height * 0.4],
  ]);
  const trunk = polygon([
    [x - height * 0.05, y],
    [x - height * 0.03, y - height * 0.6],
    [x + height * 0.03, y - height * 0.6],
    [x + height * 0.05, y],
  ]);
  return `<path d="${trunk}" fill="#5a4632"/><path d="${crown}" fill="${rgb(scaled([74, 96, 56], shade))}"/>`;
}

/** Draws all blades of one tone as one path: an SVG of hundreds of elements would be slow to draw. */
function tufts(list: readonly Tuft[], scene: Scene, style: Style): string {
  return (['dark', 'light'] as const)
    .map((tone) => {
      const blades = list.filter((tuft) => tuft.dark === (tone === 'dark')).map(blades3);
      return `<path d="${blades.join('')}" fill="${rgb(scaled(style.tuft[tone], scene.meadow))}" fill-opacity=".7"/>`;
    })
    .join('');
}

function blades3({ foot: [x, y], height, lean }: Tuft): string {
  const blade = (angle: number) => {
    const half = height * 0.11;
    return polygon([
      [x - half, y],
      [x + height * (lean + angle), y - height],
      [x + half, y],
    ]);
  };
  return [-0.35, 0, 0.35].map(blade).join('');
}

/** The time of day: one overlay that darkens or brightens, and one that is warm or cool. */
function light(scene: Scene): string {
  const overlay = (fill: string, opacity: number) =>
    `<rect width="${CANVAS}" height="${CANVAS}" fill="${fill}" fill-opacity="${num(opacity)}"/>`;
  const brightness = scene.light < 1 ? overlay('#000', 1 - scene.light) : overlay('#fff', scene.light - 1);
  const warmth = scene.warmth > 0 ? overlay('#ff9a3c', scene.warmth * 0.1) : overlay('#5a8cff', -scene.warmth * 0.1);
  return brightness + warmth;
}
