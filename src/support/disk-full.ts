import { errorCode } from './files.js';

/** The file system's codes for "nothing more fits", and its words, which are all that TensorFlow passes on. */
const FULL = { ENOSPC: /No space left on device/i, EDQUOT: /Disk quota exceeded/i } as const;

/** The file system's code when an error says that the disk is full or the quota used up, whoever reports it. */
export function diskFullCode(error: unknown): keyof typeof FULL | undefined {
  const codes = Object.keys(FULL) as (keyof typeof FULL)[];
  const code = errorCode(error);
  if (code !== undefined) return codes.find((full) => full === code);
  return error instanceof Error ? codes.find((full) => FULL[full].test(error.message)) : undefined;
}
