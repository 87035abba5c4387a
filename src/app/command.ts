import { keepIgnoring } from '../support/ignored-signals.js';
import { main } from '../cli/main.js';
import { isWork, lostOutput } from '../cli/lost-output.js';
import { outliveOutput } from '../cli/outlive-output.js';
import { program } from './program.js';

keepIgnoring();
const argv = process.argv.slice(2);
const { stdout, stderr } = process;
const output = outliveOutput([stdout], (error) => void stderr.write(lostOutput(error, argv)));
const errors = outliveOutput([stderr], () => undefined);
// A command whose purpose is its output has failed when that could not be written.
process.on('exit', (code) => {
  if (code === 0 && output.lost !== undefined && !isWork(argv)) process.exitCode = 1;
});
process.exitCode = await main(argv, {
  stdout,
  stderr,
  get stdin() {
    return process.stdin;
  },
  cwd: process.cwd(),
  env: process.env,
  program,
});
// At exit, Node restores the terminal; where that is closed, it aborts with a core dump.
if (output.terminalClosed || errors.terminalClosed) {
  process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP');
}
