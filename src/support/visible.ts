/** Characters that are invisible, change the text's direction, or control a terminal. */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A file's name, which may have any characters, with the hidden ones escaped: `\u202e`. */
export function visible(name: string): string {
  return name.replace(HIDDEN, (char) => (char === '\n' ? '\\n' : escaped(char)));
}

/** The same for a message that contains names: keeps newlines and tabs. */
export function printable(text: string): string {
  return text.replace(HIDDEN, (char) => (char === '\n' || char === '\t' ? char : escaped(char)));
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
