/** A text as the name of an experiment: with what it may not have left out or replaced; empty if nothing is left. */
export function toName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 64); // prettier-ignore
}
