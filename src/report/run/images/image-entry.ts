/** A test image with its translation; files are absolute paths. */
export interface ImageEntry {
  readonly direction: string;
  readonly index: number;
  readonly name: string;
  readonly files: Readonly<Partial<Record<ImagePart, string>>>;
  readonly scores: Readonly<Record<string, number>>;
  /** The training image that the translation resembles most, by the scores that look for one; its file is there for the closest only. */
  readonly nearest?: Readonly<Record<string, { readonly name: string; readonly file?: string }>>;
}

/** In the order in which they are shown. */
export const PARTS = ['source', 'translated', 'truth', 'reconstructed'] as const;
export type ImagePart = (typeof PARTS)[number];
