/** A quoted text of a CSV that does not end where it should. */
export interface OpenQuote {
  /** Where it opens; counts from 1. */
  readonly line: number;
  /** Where a quote closes it in the middle of a text; nothing where none does. */
  readonly closes?: number;
}

/** Finds the first quoted text that is never closed, or is closed in the middle of another text: the parser names the line where it gave up. */
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
