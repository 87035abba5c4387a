/** Commands with effects besides their output. */
const COMMANDS_WITH_EFFECTS = ['run', 'sweep', 'translate', 'sync', 'ui', 'clean', 'setup'];
/** Arguments with which they only print. */
const PRINT_ONLY = ['best', 'collect', 'list', '--dry-run', '--matrix', '--help', '-h'];

/** Whether a command line has effects besides its output. */
export function isWork([command = '', ...args]: readonly string[]): boolean {
  return COMMANDS_WITH_EFFECTS.includes(command) && !args.some((arg) => PRINT_ONLY.includes(arg));
}

/** The message on stderr when stdout cannot be written. */
export function lostOutput(error: NodeJS.ErrnoException, argv: readonly string[]): string {
  const reason =
    error.code === 'ENOSPC' ? 'the disk is full' : error.code === 'EDQUOT' ? 'the disk quota is used up' : '';
  const why = `${reason}${reason === '' ? '' : ', '}${error.code ?? error.message}`;
  const after = isWork(argv)
    ? 'The command continues; the run’s journal has its output.'
    : 'Free disk space, or redirect the output elsewhere.';
  return `error: The standard output cannot be written (${why}). ${after}\n`;
}
