/**
 * A number for people, in terminals and on pages: four significant digits, three below 0.1, whole numbers in full, thousands separated; an exponent
 * only below 0.0001 and from a thousand million on. `18.03`, `0.1668`, `0.00213`, `17`, `12,346`, `2.00e-5`, `∞`.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  return Number.isInteger(value) && Math.abs(value) < LARGE ? withDecimals(value, 0) : withDigits(value);
}

/** With as many decimals as another number, for what stands beside it: `[17.20, 18.90]`. In its own digits if it would round to nothing. */
export function formatNumberLike(value: number, other: number): string {
  const model = /^-?[\d,]+(?:\.(\d+))?$/.exec(withDigits(other));
  if (model === null || other === 0 || !Number.isFinite(value)) return formatNumber(value);
  const decimals = model[1]?.length ?? 0;
  const isNothing = value !== 0 && Number(value.toFixed(decimals)) === 0;
  return isNothing ? formatNumber(value) : withDecimals(value, decimals);
}

/** A value, with the decimals of its interval where one stands beside it: `17.00` of `17.00 [16.80, 17.20]`. */
export function formatWithin(value: number, interval: readonly [number, number] | null | undefined): string {
  return interval === null || interval === undefined ? formatNumber(value) : formatNumberLike(value, value);
}

const LARGE = 1e9;

function withDigits(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-4 || size >= LARGE) return value.toExponential(2);
  if (size < 0.1) return value.toPrecision(3);
  const text = value.toPrecision(4);
  return Math.abs(Number(text)) < 1000 ? text : withDecimals(value, 0);
}

function withDecimals(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
