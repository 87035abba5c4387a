import type { Program } from '../registry/program.js';

/** The streams, environment and paths of a command, so that tests can run it in-process. */
export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** For answers; absent if the command is not interactive. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly program: Program;
}

/** 0: done. 1: it failed. 2: the command line or the config is wrong. 130: stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;
