/** A point of a drawing: x to the right, y down. */
export type SvgPoint = readonly [x: number, y: number];
export type SvgColour = readonly [red: number, green: number, blue: number];

/** A number as SVG text. Two decimals hide the last bits of a sine, which differ between machines. */
export function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function rgb(colour: SvgColour): string {
  return `rgb(${colour.map((channel) => Math.round(Math.min(255, Math.max(0, channel)))).join(',')})`;
}

/** Linear interpolation: `from` at share 0, `to` at 1. */
export function mix(from: SvgColour, to: SvgColour, share: number): SvgColour {
  return [0, 1, 2].map((i) => from[i]! + (to[i]! - from[i]!) * share) as unknown as SvgColour;
}

/** `colour` made brighter or darker by a factor. */
export function scaled(colour: SvgColour, factor: number): SvgColour {
  return colour.map((channel) => channel * factor) as unknown as SvgColour;
}

/** A closed polygon, as path data. */
export function polygon(points: readonly SvgPoint[]): string {
  return `M${points.map(([x, y]) => `${num(x)} ${num(y)}`).join('L')}Z`;
}

/** A closed, smooth curve through the points (a Catmull-Rom spline), as path data. */
export function blob(points: readonly SvgPoint[]): string {
  const at = (i: number) => points[(i + points.length) % points.length]!;
  const curves = points.map((from, i) => {
    const [before, to, after] = [at(i - 1), at(i + 1), at(i + 2)];
    const first: SvgPoint = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const second: SvgPoint = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    return `C${[...first, ...second, ...to].map(num).join(' ')}`;
  });
  return `M${num(at(0)[0])} ${num(at(0)[1])}${curves.join('')}Z`;
}

/** The point at `along` and `across` an axis that leaves `origin` at an angle (radians, anticlockwise from +x as seen). */
export function onAxis(origin: SvgPoint, angle: number, along: number, across: number): SvgPoint {
  const [cos, sin] = [Math.cos(angle), -Math.sin(angle)];
  return [origin[0] + along * cos - across * sin, origin[1] + along * sin + across * cos];
}
