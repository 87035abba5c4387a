import { errorCode } from './files.js';

/** The file system's codes for a full disk, and their messages: TensorFlow only passes on the latter. */
const FULL = { ENOSPC: /No space left on device/i, EDQUOT: /Disk quota exceeded/i } as const;

/** The file system's code if an error of Node or TensorFlow reports a full disk or quota. */
export function diskFullCode(error: unknown): keyof typeof FULL | undefined {
  const codes = Object.keys(FULL) as (keyof typeof FULL)[];
  const code = errorCode(error);
  if (code !== undefined) return codes.find((full) => full === code);
  return error instanceof Error ? codes.find((full) => FULL[full].test(error.message)) : undefined;
}
