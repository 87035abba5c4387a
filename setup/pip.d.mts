/** A wheel of the Python package index. */
export interface PipWheel {
  /** `name==version` */
  readonly requirement: string;
  /** Its file's name. */
  readonly file: string;
}

/** Settings of pip for a download. */
export const pipEnvironment: Readonly<Record<string, string>>;

/** The arguments of Python that download a wheel, and nothing else, into a folder through pip's own configuration. */
export function downloadCommand(wheel: PipWheel, folder: string): string[];
