import { fileURLToPath } from 'node:url';
import type { Program } from '../registry/program.js';
import { builtins } from './builtins.js';

/** This program: its components, and the files that it starts as processes. */
export const program: Program = {
  components: builtins,
  command: fileURLToPath(new URL('./command.js', import.meta.url)),
  stageProcess: fileURLToPath(new URL('./stage-process.js', import.meta.url)),
  translationProcess: fileURLToPath(new URL('./translation-process.js', import.meta.url)),
  servingProcess: fileURLToPath(new URL('./serving-process.js', import.meta.url)),
  demoProcess: fileURLToPath(new URL('./demo-process.js', import.meta.url)),
};
