/** A word for a POSIX shell, whatever signs it has. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The same, with quotes only where they are needed: for people who read it. */
export function typed(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word);
}
