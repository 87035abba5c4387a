/** One line of `runner doctor`. */
export interface Finding {
  /** `missing`: optional. `broken`: required. */
  readonly state: 'ok' | 'missing' | 'broken';
  readonly name: string;
  readonly text: string;
  /** How to fix it. */
  readonly cure?: string;
}
