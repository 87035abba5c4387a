import { execa } from 'execa';
import type { Io } from '../io.js';
import { pythonOf } from '../ui/server-environment.js';
import type { Finding } from './finding.js';

/**
 * The programs that runner calls.
 * @param engineWorks Python and a compiler are needed to set the engine up, and only then
 */
export async function checkPrograms(env: Io['env'], engineWorks: boolean): Promise<readonly Finding[]> {
  const setup = engineWorks ? ' (only needed to set up an engine)' : '';
  const compiler = env.CXX ? env.CXX.split(' ') : undefined;
  const board = ['-m', 'tensorboard.main', '--version'];
  // In the order of `runner ui`.
  const named = env['RUNNER_UI_PYTHON'] ? [[env['RUNNER_UI_PYTHON'], ...board]] : [];
  return Promise.all([
    check(
      'python',
      [
        ['python3', '-m', 'pip', '--version'],
        ['python', '-m', 'pip', '--version'],
      ],
      {
        text: `no Python 3 with pip in PATH${setup}`,
        cure: 'Debian, Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip',
      },
    ),
    check(
      'compiler',
      [...(compiler ? [compiler] : []), ['g++'], ['clang++'], ['c++']].map((line) => [...line, '--version']),
      {
        text: `no C++ compiler in PATH${setup}`,
        cure: 'None needed if downloading one (94 MB) is acceptable; else install g++ or clang++.',
      },
    ),
    check('tensorboard', [...named, ['tensorboard', '--version'], [pythonOf('tensorboard'), ...board]], {
      text: 'not in PATH; it shows the curves and images of runs',
      cure: 'None needed if 180 MB are acceptable: `runner ui` installs it. Else pip install tensorboard.',
    }),
  ]);
}

/** The first command that works, with the first line of its output. */
async function check(
  name: string,
  commands: readonly (readonly string[])[],
  otherwise: Pick<Finding, 'text' | 'cure'>,
): Promise<Finding> {
  for (const [program = '', ...args] of commands) {
    const { exitCode, stdout } = await execa(program, args, { reject: false, timeout: 30_000, stdin: 'ignore' });
    if (exitCode === 0) return { state: 'ok', name, text: stdout.split('\n')[0] ?? program };
  }
  return { state: 'missing', name, ...otherwise };
}
