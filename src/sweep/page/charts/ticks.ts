/** Where an axis is marked, and what the mark says. */
export interface Tick<T = number> {
  readonly value: T;
  readonly text: string;
}

/** Round numbers between two, about as many as asked for. */
export function roundTicks(min: number, max: number, about: number): Tick[] {
  const step = roundStep((max - min) / about);
  // Steps that are no number, or smaller than the precision of numbers there, lead nowhere.
  if (!(step > 0 && step < Infinity) || min + step === min)
    return [min, max].map((value) => ({ value, text: short(value) }));
  const places = Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const value = (first + i) * step;
    const large = Math.max(Math.abs(min), Math.abs(max)) >= 1e6 || step < 1e-4;
    return { value, text: large ? short(value) : value.toFixed(places) };
  });
}

/** Powers of ten between two numbers; with some between where there are few. */
export function logTicks(min: number, max: number): Tick[] {
  const [from, to] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const decades = to - from;
  const factors = decades <= 2 ? [1, 2, 5] : decades <= 4 ? [1, 3] : [1];
  const every = Math.max(1, Math.ceil(decades / 7));
  const powers = Array.from({ length: decades + 1 }, (_, i) => from + i).filter((power) => power % every === 0);
  return powers
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter((value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9))
    .map((value) => ({ value, text: short(value) }));
}

/** A number as short as it can be read; a whole one, such as a seed, as it is. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (Number.isSafeInteger(value) && size < 1e12) return String(value);
  if (size < 1e-3 || size >= 1e7) return value.toExponential(3).replace(/\.?0*e/, 'e');
  return String(Number(value.toPrecision(4)));
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
