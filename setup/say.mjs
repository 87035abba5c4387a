/** A failure for the user: what went wrong and why, and what to do about it. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [cure]
   * @param {number} [exitCode]
   */
  constructor(message, cure, exitCode = 1) {
    super(message);
    this.cure = cure;
    this.exitCode = exitCode;
  }
}

/** This way of getting the engine cannot work on this machine; another one might. */
export class NotPossibleHere extends SetupError {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`runner: ${text}\n`);
}

/**
 * Prints a failure. A bug keeps its stack trace.
 * @param {unknown} error
 * @returns {number} the exit code
 */
export function complain(error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  if (error.cure !== undefined) process.stderr.write(`  What to do: ${error.cure}\n`);
  return error.exitCode;
}

/**
 * Reports progress of slow work: a line that updates itself on a terminal, a line every ten seconds elsewhere.
 * @template T
 * @param {string} label what is being done
 * @param {() => Promise<T>} work
 * @param {() => string} [detail] how far it is, asked twice a second
 * @returns {Promise<T>}
 */
export async function withProgress(label, work, detail = () => '') {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  const tty = process.stderr.isTTY === true;
  let ticks = 0;
  say(`${label} ...`);
  const timer = setInterval(() => {
    const text = [detail(), seconds()].filter((part) => part !== '').join(', ');
    if (tty) process.stderr.write(`\r\x1b[K  ${text}`);
    else if (++ticks % 20 === 0) process.stderr.write(`  ${text}\n`);
  }, 500);
  try {
    const result = await work();
    if (tty) process.stderr.write('\r\x1b[K');
    process.stderr.write(`  done, ${seconds()}\n`);
    return result;
  } catch (error) {
    if (tty) process.stderr.write('\r\x1b[K');
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** @param {number} bytes */
export function megabytes(bytes) {
  const mb = bytes / 1e6;
  return mb >= 1000 ? `${(mb / 1000).toFixed(1)} GB` : `${mb.toFixed(mb < 10 ? 1 : 0)} MB`;
}
