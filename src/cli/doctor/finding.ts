/** One line of `runner doctor`. */
export interface Finding {
  /** `missing`: something that would be useful. `broken`: nothing works without it. */
  readonly state: 'ok' | 'missing' | 'broken';
  readonly name: string;
  readonly text: string;
  /** What to do about it. */
  readonly cure?: string;
}
