import { createInterface } from 'node:readline';
import type { Io } from './io.js';

/** Asks a yes/no question; the default is no. @returns undefined without a terminal */
export async function confirm(question: string, { stdin, stdout }: Io): Promise<boolean | undefined> {
  if (stdin?.isTTY !== true || stdout.isTTY !== true) return undefined;
  const lines = createInterface({ input: stdin, output: stdout, prompt: `${question} [y/N] ` });
  try {
    const answer = await new Promise<string>((resolve) => {
      // Ctrl-C and Ctrl-D close it.
      lines.once('line', resolve).once('close', () => resolve(''));
      lines.prompt();
    });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
