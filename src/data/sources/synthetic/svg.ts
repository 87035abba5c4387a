/** A point of a drawing: x to the right, y down. */
export type Point = readonly [x: number, y: number];
export type Rgb = readonly [red: number, green: number, blue: number];

/** A number as SVG text. Two decimals: what differs between machines in the last bits of a sine is gone. */
export function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function rgb(colour: Rgb): string {
  return `rgb(${colour.map((channel) => Math.round(Math.min(255, Math.max(0, channel)))).join(',')})`;
}

/** `from` at 0, `to` at 1. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => from[i]! + (to[i]! - from[i]!) * share) as unknown as Rgb;
}

/** `colour` made brighter or darker by a factor. */
export function scaled(colour: Rgb, factor: number): Rgb {
  return colour.map((channel) => channel * factor) as unknown as Rgb;
}

/** A closed polygon, as path data. */
export function polygon(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${num(x)} ${num(y)}`).join('L')}Z`;
}

/** A closed, smooth curve through the points (a Catmull-Rom spline), as path data. */
export function blob(points: readonly Point[]): string {
  const at = (i: number) => points[(i + points.length) % points.length]!;
  const curves = points.map((from, i) => {
    const [before, to, after] = [at(i - 1), at(i + 1), at(i + 2)];
    const first: Point = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const second: Point = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    return `C${[...first, ...second, ...to].map(num).join(' ')}`;
  });
  return `M${num(at(0)[0])} ${num(at(0)[1])}${curves.join('')}Z`;
}

/** The point at `along` and `across` an axis that leaves `origin` at an angle (radians, anticlockwise from +x as seen). */
export function onAxis(origin: Point, angle: number, along: number, across: number): Point {
  const [cos, sin] = [Math.cos(angle), -Math.sin(angle)];
  return [origin[0] + along * cos - across * sin, origin[1] + along * sin + across * cos];
}
