/** Signs that cannot be seen, would turn the text around, or are orders to a terminal. */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A file's name, which may hold anything, with what cannot be seen, or would turn the text around, written as `\u202e`. */
export function visible(name: string): string {
  return name.replace(HIDDEN, (sign) => (sign === '\n' ? '\\n' : escaped(sign)));
}

/** A text of ours with names in it: the same, but for its own line ends and tabs. */
export function printable(text: string): string {
  return text.replace(HIDDEN, (sign) => (sign === '\n' || sign === '\t' ? sign : escaped(sign)));
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
