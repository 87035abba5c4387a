import { visible } from './visible.js';

/** An image's name without the prefix of its split. */
export function within(split: string, name: string): string {
  return visible(name.startsWith(`${split}/`) ? name.slice(split.length + 1) : name);
}

/** 1,067 */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 image`, `2 images`. */
export function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}
