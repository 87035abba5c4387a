import { Command } from 'commander';
import { checkEngine } from './doctor/check-engine.js';
import type { Finding } from './doctor/finding.js';
import { checkMachine } from './doctor/machine.js';
import { checkPrograms } from './doctor/check-programs.js';
import type { Io } from './io.js';
import { JSON_OPTION, printJson } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { paint } from './paint.js';

/** `runner doctor`: checks this machine, and prints how to fix problems. */
export const doctor: CommandFactory = (io, exit) =>
  new Command('doctor')
    .description('check the engine, the GPU, the disk and the programs that runner uses')
    .option(...JSON_OPTION)
    .action(async ({ json }: { json?: boolean }) => {
      const engine = await checkEngine(io.env);
      const works = engine.every(({ state }) => state === 'ok');
      const findings = [...engine, ...checkMachine(io.cwd, io.env), ...(await checkPrograms(io.env, works))];
      if (json === true) printJson(findings, io);
      else for (const finding of findings) print(finding, io);
      exit(findings.some((finding) => finding.state === 'broken') ? 1 : 0);
    });

function print({ state, name, text, cure }: Finding, io: Io): void {
  const { green, yellow, red, bold } = paint(io.stdout, io.env);
  const colour = { ok: green, missing: yellow, broken: red }[state];
  io.stdout.write(`${colour(state.padEnd(7))}  ${bold(name.padEnd(11))}  ${text}\n`);
  if (cure !== undefined) io.stdout.write(`${' '.repeat(22)}${cure}\n`);
}
