import type { Command } from 'commander';
import type { ExitCode, Io } from './io.js';

/** A command of `runner`: declares its arguments, and passes its exit code to `exit`. */
export type CommandFactory = (io: Io, exit: (code: ExitCode) => void) => Command;
