import type { Components } from './kinds.js';

/** What only the composition root (`src/app`) knows: it is handed down to those who start something. */
export interface Program {
  /** The built-in components, made afresh: plugins are added to them. */
  readonly components: () => Components;
  /** Path of the file that is the `runner` command, for processes of trials. */
  readonly command: string;
  /** Path of the file that a stage's own process runs. */
  readonly stageProcess: string;
}
