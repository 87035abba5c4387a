import { keepIgnoring } from '../support/ignored-signals.js';
import { main } from './main.js';
import { outliveTerminal } from './outlive-terminal.js';

keepIgnoring();
const isTerminalClosed = outliveTerminal(process.stdout, process.stderr);
process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  get stdin() {
    return process.stdin;
  },
  cwd: process.cwd(),
  env: process.env,
});
// Node aborts, and leaves a core dump, where it cannot set a closed terminal back at its exit.
if (isTerminalClosed()) process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP');
