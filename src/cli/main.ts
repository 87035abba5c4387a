import { Command } from 'commander';
import type { ExitCode, Io } from './io.js';

/** A command of `runner`: declares its arguments, and hands its exit code to `exit`. */
export type CommandFactory = (io: Io, exit: (code: ExitCode) => void) => Command;

/** In the order of `runner --help`. */
const commands: readonly CommandFactory[] = [];

/** Runs one command line. @param argv the words after `runner` @returns the exit code */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command('runner');
  for (const command of commands) program.addCommand(command(io, (value) => (code = value)));
  await program.parseAsync([...argv], { from: 'user' });
  return code;
}
