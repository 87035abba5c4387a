/** An image to translate; it is read when its turn comes. */
export interface InputImage {
  /** Its path below the inputs' root, with `/`, which its translation gets below the output folder. */
  readonly name: string;
  /** How messages name it. */
  readonly label: string;
  /** When it last changed, in milliseconds since 1970; undefined where that is unknown, so that it is always translated. */
  modified(): Promise<number | undefined>;
  /** Whether there is another image beside it whose name differs in the extension only. */
  hasNamesake(): Promise<boolean>;
  /** @throws errors of the file system; ProblemError for a damaged archive */
  read(): Promise<Uint8Array>;
}
