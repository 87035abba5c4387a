/** Commands that do something, besides what they print. */
const WORKS = ['run', 'sweep', 'sync', 'ui', 'clean', 'setup'];
/** Words with which they only print. */
const PRINTS = ['best', 'collect', 'list', '--dry-run', '--matrix', '--help', '-h'];

/** Whether a command line is about something else than its output. */
export function isWork([command = '', ...words]: readonly string[]): boolean {
  return WORKS.includes(command) && !words.some((word) => PRINTS.includes(word));
}

/** What is said, on the standard error output, when the standard output cannot be written. */
export function lostOutput(error: NodeJS.ErrnoException, argv: readonly string[]): string {
  const reason =
    error.code === 'ENOSPC' ? 'the disk is full' : error.code === 'EDQUOT' ? 'the disk quota is used up' : '';
  const why = `${reason}${reason === '' ? '' : ', '}${error.code ?? error.message}`;
  const after = isWork(argv)
    ? 'The command goes on; a run’s journal has what it tells.'
    : 'Make room, or write elsewhere.';
  return `error: The standard output cannot be written (${why}). ${after}\n`;
}
