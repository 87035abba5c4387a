import { InvalidArgumentError } from 'commander';

/** Parses the value of --examples. */
export function examplesCount(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('--examples takes a whole number from 0 to 99.');
}

/** Parses the value of --domains. */
export function domainNames(text: string): readonly [string, string] {
  const [a, b, ...others] = text.split(',').map((name) => name.trim());
  if (a && b && others.length === 0) return [a, b];
  throw new InvalidArgumentError('--domains takes two names: horse,zebra.');
}
