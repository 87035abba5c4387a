/** A file's name, which may hold anything, with what cannot be seen, or would turn the text around, written as `\u202e`. */
export function visible(name: string): string {
  return name.replace(/[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, (sign) => {
    return sign === '\n' ? '\\n' : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A picture's name without its split where it begins with that, as it is said beside. */
export function within(split: string, name: string): string {
  return visible(name.startsWith(`${split}/`) ? name.slice(split.length + 1) : name);
}

/** 1,067 */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 picture`, `2 pictures`. */
export function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}
