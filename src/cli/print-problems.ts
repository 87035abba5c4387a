import { relative } from 'node:path';
import { fileProblem } from '../support/file-problem.js';
import { hidePasswords } from '../support/passwords.js';
import { printable, visible } from '../support/visible.js';
import { ProblemError, type Place, type Problem } from '../support/problem.js';
import type { ExitCode, Io } from './io.js';
import { paint, type Paint } from './paint.js';

/** Prints problems to stderr: place, message, source lines and cure. Never a stack trace. */
export function printProblems(problems: readonly Problem[], io: Io): void {
  const colours = paint(io.stderr, io.env);
  for (const problem of problems) io.stderr.write(`${problemText(problem, io.cwd, colours)}\n`);
  if (problems.length > 1) io.stderr.write(`${problems.length} problems.\n`);
}

/** Carries problems of a config or plugin up through a command. */
export class ConfigMistake extends ProblemError {}

/** Prints a thrown error: a user mistake as such, anything else as a bug. @returns the exit code */
export function printError(error: unknown, io: Io): ExitCode {
  if (error instanceof ProblemError) {
    printProblems(error.problems, io);
    return error instanceof ConfigMistake ? 2 : 1;
  }
  const foreseen = fileProblem(error, 'The command');
  if (foreseen !== undefined) {
    printProblems([foreseen], io);
    return 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`This is a bug in runner, not in your config. Please report it with the following.\n${stack}\n`);
  return 1;
}

function problemText({ message, cure, place }: Problem, cwd: string, { red, bold, dim, green }: Paint): string {
  const head = `${place === undefined ? '' : `${bold(visible(spot(place, cwd)))}: `}${red('error')}: ${printable(message)}`;
  const excerpt = place?.excerpt
    ?.split('\n')
    .map(printable)
    .map((line) => `    ${/^[\s|^]*$/.test(line) ? red(line) : dim(line)}`);
  const text = [...(excerpt ?? []), ...(cure === undefined ? [] : [`    ${green(hidePasswords(printable(cure)))}`])];
  return [hidePasswords(head), ...text].join('\n');
}

/** `configs/a.yaml:3:9`, which terminals and editors turn into a link. */
function spot({ file, line, column }: Place, cwd: string): string {
  if (file === '--set') return file;
  const short = relative(cwd, file);
  return `${short.startsWith('../../') || short === '' ? file : short}:${line}:${column}`;
}
