/** A test image with its translation; files are absolute paths. */
export interface ImageEntry {
  readonly direction: string;
  readonly index: number;
  readonly name: string;
  readonly files: Readonly<Partial<Record<ImagePart, string>>>;
  readonly scores: Readonly<Record<string, number>>;
}

/** In the order in which they are shown. */
export const PARTS = ['source', 'translated', 'truth', 'reconstructed'] as const;
export type ImagePart = (typeof PARTS)[number];
