import type { Animal } from './scene.js';
import { MANES, type Style } from './animal-style.js';
import { blob, num, onAxis, polygon, rgb, scaled, type SvgPoint, type SvgColour } from './svg.js';

/** A part of the body: its outline, and the paths of its stripes, which depend on the outline only. */
interface Part {
  readonly outline: string;
  readonly stripes: readonly string[];
  /** Brightness: the far legs are darker. */
  readonly shade: number;
}

/** The trunk's outline around its centre, clockwise from the rump; forward is +x. */
const TRUNK: readonly SvgPoint[] = [
  [-45, -13],
  [-30, -19],
  [-6, -15],
  [16, -16],
  [32, -21],
  [43, -12],
  [47, 3],
  [35, 16],
  [10, 20],
  [-14, 18],
  [-32, 12],
  [-48, 8],
  [-51, -3],
];
/** Height of the trunk's centre above the ground. */
const HEIGHT = 63;
const NECK_LENGTH = 42;

/** One animal, as SVG. @param id makes its clip paths unique */
export function paintAnimal(animal: Animal, style: Style, id: string): string {
  const coat = style.coats[animal.coat]!;
  const mane = rgb(MANES[animal.coat]!);
  const [neckBase, poll] = neckAxis(animal);
  const [hindFar, foreFar, hindNear, foreNear] = animal.legs;
  const paint = (part: Part, name: string) => paintPart(part, coat, style.stripes, `${id}${name}`);
  const body = [
    paint(leg([-33, -56], hindFar, 11, 0.78), 'hf'),
    paint(leg([37, -54], foreFar, 8.5, 0.78), 'ff'),
    `<path d="${tail(animal.tail)}" fill="${mane}"/>`,
    paint(leg([-39, -56], hindNear, 12.5, 1), 'hn'),
    paint(leg([33, -54], foreNear, 9.5, 1), 'fn'),
    paint(trunk(animal.girth), 't'),
    paint(neck(animal, neckBase), 'n'),
    `<path d="${maneOutline(animal, neckBase)}" fill="${mane}"/>`,
    paint(head(animal, poll), 'h'),
    face(animal, poll, coat),
  ];
  const [x, y] = animal.foot;
  const place = `translate(${num(x)} ${num(y)}) scale(${num(animal.scale * animal.facing)} ${num(animal.scale)})`;
  const shadow = '<ellipse cx="0" cy="-1" rx="58" ry="7" fill="#000" fill-opacity=".28"/>';
  return `<g transform="${place}">${shadow}${body.join('')}</g>`;
}

function paintPart(part: Part, coat: SvgColour, stripes: SvgColour | undefined, id: string): string {
  const clip = `<clipPath id="${id}"><path d="${part.outline}"/></clipPath>`;
  const fill = `<path d="${part.outline}" fill="${rgb(scaled(coat, part.shade))}"/>`;
  const striped =
    stripes === undefined ? '' : `<path d="${part.stripes.join('')}" fill="${rgb(scaled(stripes, part.shade))}"/>`;
  const shading = `<path d="${part.outline}" fill="url(#body)"/>`;
  return `${clip}${fill}<g clip-path="url(#${id})">${striped}</g>${shading}`;
}

/** Stripes hang from the back, tapering to the belly, and lean back towards the rump. */
function trunk(girth: number): Part {
  const at = (x: number, y: number): SvgPoint => [x, -HEIGHT + y * girth];
  const stripes = Array.from({ length: 11 }, (_, i) => {
    const x = -46 + i * 8.6;
    const lean = -10 + i * 1.4;
    return blob([
      at(x - 2.3, -24),
      at(x + 2.3, -24),
      at(x + lean * 0.5 + 2, -4),
      at(x + lean, 17),
      at(x + lean * 0.5 - 2, -4),
    ]);
  });
  return { outline: blob(TRUNK.map(([x, y]) => at(x, y))), stripes, shade: 1 };
}

function neckAxis(animal: Animal): [base: SvgPoint, poll: SvgPoint] {
  const base: SvgPoint = [33, -HEIGHT - 5];
  return [base, onAxis(base, animal.neck, NECK_LENGTH, 0)];
}

function neck(animal: Animal, base: SvgPoint): Part {
  const at = (along: number, across: number) => onAxis(base, animal.neck, along, across);
  const outline = blob([
    at(-8, -13),
    at(14, -12),
    at(38, -8),
    at(47, -2),
    at(42, 7),
    at(20, 10),
    at(-4, 17),
    at(-14, 4),
  ]);
  const stripes = [6, 14.5, 23, 31, 38.5].map((t) =>
    polygon([at(t - 2, -15), at(t + 2, -15), at(t + 3, 9), at(t + 1.2, 9)]),
  );
  return { outline, stripes, shade: 1 };
}

function maneOutline(animal: Animal, base: SvgPoint): string {
  const at = (along: number, across: number) => onAxis(base, animal.neck, along, across);
  return blob([at(-6, -12), at(14, -15.5), at(34, -13), at(46, -8), at(47, -3), at(36, -6), at(14, -8.5)]);
}

function head(animal: Animal, poll: SvgPoint): Part {
  const at = (along: number, across: number) => onAxis(poll, animal.head, along, across);
  const outline = blob([
    at(-5, -5),
    at(6, -8),
    at(20, -5.5),
    at(32, -4),
    at(35, 1),
    at(31, 5),
    at(18, 6),
    at(7, 9),
    at(-4, 5),
  ]);
  const stripes = [10, 15.5, 21].map((t) =>
    polygon([at(t - 1.2, -10), at(t + 1.2, -10), at(t + 0.6, 4), at(t - 0.2, 4)]),
  );
  return { outline, stripes, shade: 1 };
}

/** Ears, eye and muzzle: equal in both styles except for the coat. */
function face(animal: Animal, poll: SvgPoint, coat: SvgColour): string {
  const at = (along: number, across: number) => onAxis(poll, animal.head, along, across);
  const ear = (back: number) => polygon([at(back - 3, -5), at(back - 5, -16), at(back + 3, -6)]);
  const muzzle = blob([at(29, -4), at(34, -2), at(35.5, 1), at(32, 4.6), at(28, 4.5), at(27, 0)]);
  const [x, y] = at(9, -3);
  return (
    `<path d="${ear(-1)}${ear(4)}" fill="${rgb(scaled(coat, 0.9))}"/>` +
    `<path d="${muzzle}" fill="#3a302c"/><circle cx="${num(x)}" cy="${num(y)}" r="1.7" fill="#1a1412"/>`
  );
}

/** From the hip down to the hoof, in two segments; the lower one bends back when the leg swings forward. */
function leg(hip: SvgPoint, swing: number, width: number, shade: number): Part {
  const down = -Math.PI / 2;
  const knee = onAxis(hip, down + swing, 28, 0);
  const bend = down + swing * 0.35 - Math.abs(swing) * 0.3;
  const upper = (along: number, across: number) => onAxis(hip, down + swing, along, across);
  const lower = (along: number, across: number) => onAxis(knee, bend, along, across);
  const outline = polygon([
    upper(-8, width),
    upper(12, width * 0.7),
    upper(27, 4.2),
    lower(20, 3),
    lower(25, 4.2),
    lower(25, -4),
    lower(20, -3),
    upper(27, -4.2),
    upper(12, -width * 0.7),
    upper(-8, -width),
  ]);
  const band = (at: typeof upper, t: number) =>
    polygon([at(t - 1.1, -14), at(t + 1.5, 0), at(t - 1.1, 14), at(t + 1.2, 14), at(t + 3.6, 0), at(t + 1.2, -14)]);
  const stripes = [...[6, 13, 20].map((t) => band(upper, t)), ...[1, 7.5, 14].map((t) => band(lower, t))];
  return { outline, stripes, shade };
}

function tail(lift: number): string {
  const root: SvgPoint = [-48, -HEIGHT - 9];
  const at = (along: number, across: number) => onAxis(root, -Math.PI / 2 - lift, along, across);
  return blob([at(-3, -2), at(8, -5), at(26, -7), at(44, -3), at(30, 2), at(10, 2.5), at(-2, 3)]);
}
