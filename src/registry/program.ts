import type { Components } from './kinds.js';

/** Known only to the composition root (`src/app`), and passed to the code that starts processes. */
export interface Program {
  /** Creates the built-in components, to which plugins are added. */
  readonly components: () => Components;
  /** Path of the `runner` command's file, for the processes of trials. */
  readonly command: string;
  /** Path of the entry file of a stage's process. */
  readonly stageProcess: string;
  /** Path of the entry file of a process that translates images. */
  readonly translationProcess: string;
  /** Path of the entry file of the process that computes what a server answers. */
  readonly servingProcess: string;
  /** Path of the entry file of a process that writes a demo's folder. */
  readonly demoProcess: string;
}
