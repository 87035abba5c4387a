const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Formats a number of bytes, in powers of 1000: `117 MB`, `1.5 GB`, `312 bytes`. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  while (unit + 1 < UNITS.length && Number(shortened(value, unit)) >= 1000) {
    value /= 1000;
    unit++;
  }
  return `${shortened(value, unit)} ${UNITS[unit]!}`;
}

/**
 * Parses a size such as `50GB`, `1.5 TB`, `800 MiB` or `4096` to bytes. Decimal units are powers of 1000, binary ones (`KiB`, `MiB`...) of 1024.
 *
 * @returns `undefined` for anything else
 */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgtp]?)(i?)b|bytes?|([kmgtp]))?\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, number, prefix = '', binary = '', alone = ''] = match;
  if (binary !== '' && prefix === '') return undefined;
  const power = ' kmgtp'.indexOf((prefix || alone || ' ').toLowerCase());
  const bytes = Math.round(Number(number) * (binary === '' ? 1000 : 1024) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function shortened(value: number, unit: number): string {
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return String(Number(value.toFixed(digits)));
}
