import { run, which } from '../run.mjs';
import { NotPossibleHere } from '../say.mjs';

/**
 * The Python to run pip with, as the start of a command line.
 * @returns {Promise<readonly string[]>}
 */
export async function findPip() {
  const pythons = ['python3', 'python'].map(which).filter((path) => path !== undefined);
  for (const python of pythons) {
    const { code } = await run([python, '-m', 'pip', '--version']);
    if (code === 0) return [python];
  }
  throw new NotPossibleHere(
    pythons.length === 0
      ? "TensorFlow's current libraries come from PyPI, which needs Python 3 with pip; there is no python3 in PATH."
      : `TensorFlow's current libraries come from PyPI, which needs pip; ${pythons[0]} has none.`,
    'Install Python 3 with pip (Debian, Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip).',
  );
}
