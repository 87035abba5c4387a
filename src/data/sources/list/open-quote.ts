/** A quoted text in a CSV that is not closed correctly. */
export interface OpenQuote {
  /** The line where it opens, from 1. */
  readonly line: number;
  /** The line where a quote closes it in the middle of a text, if there is one. */
  readonly closes?: number;
}

/** Finds the first quoted text that is never closed, or closed in the middle of a text; the parser only names the line where it failed. */
export function openQuote(text: string, delimiter: string): OpenQuote | undefined {
  let line = 1;
  let opened: number | undefined;
  let atStart = true;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (sign === '\n') line++;
    if (opened === undefined) {
      if (sign === '"' && atStart) opened = line;
      atStart = sign === delimiter || sign === '\n' || sign === '\r' || (i === 0 && sign === '\ufeff');
    } else if (sign === '"') {
      const next = text[i + 1];
      if (next === '"') i++;
      else if (next === undefined || next === delimiter || next === '\n' || next === '\r') opened = undefined;
      else return { line: opened, closes: line };
    }
  }
  return opened === undefined ? undefined : { line: opened };
}
