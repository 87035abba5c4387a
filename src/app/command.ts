import { keepIgnoring } from '../support/ignored-signals.js';
import { main } from '../cli/main.js';
import { isWork, lostOutput } from '../cli/lost-output.js';
import { outliveOutput } from '../cli/outlive-output.js';
import { program } from './program.js';

keepIgnoring();
const argv = process.argv.slice(2);
const { stdout, stderr } = process;
const output = outliveOutput([stdout], (error) => void stderr.write(lostOutput(error, argv)));
const complaints = outliveOutput([stderr], () => undefined);
// Where the output is what was asked for, the command has failed without it.
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
// Node aborts, and leaves a core dump, where it cannot set a closed terminal back at its exit.
if (output.terminalClosed || complaints.terminalClosed) {
  process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP');
}
