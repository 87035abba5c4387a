import type { Answer, Task } from './answer.js';

/** Decodes pictures, several at a time. */
export interface Decoder {
  /** How many pictures keep it busy. */
  readonly width: number;
  decode(task: Task): Promise<Answer>;
  /** Ends what is under way: its promises reject. */
  close(): Promise<void>;
}
