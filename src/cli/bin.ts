import { main } from './main.js';
import { outliveTerminal } from './outlive-terminal.js';

outliveTerminal(process.stdout, process.stderr);
process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
});
