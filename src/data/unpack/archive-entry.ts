/** An entry of an archive of any format. */
export interface ArchiveEntry {
  /** As written in the archive: not trusted. */
  readonly name: string;
  readonly kind: EntryKind;
  /** The declared size in bytes. */
  readonly size: number;
  /** The content, once, before the next entry is requested: `size` bytes. Throws a ProblemError when it is damaged, or has more or fewer bytes. */
  content(): AsyncIterable<Uint8Array>;
}

export type EntryKind =
  'file' | 'folder' | 'symbolic link' | 'hard link' | 'device' | 'named pipe' | 'encrypted file' | 'unknown';

/** Callbacks of a reader. Both may throw, which stops it. */
export interface ReadListener {
  /** Bytes of the archive's file read so far. */
  readonly onRead: (bytes: number) => void;
  /** This many more bytes were decompressed, used or not. */
  readonly onPlain: (bytes: number) => void;
}

/** How a compressed file is read. */
export interface PackedReading extends Pick<ReadListener, 'onRead'> {
  /** Bytes of the file to read at once. */
  readonly readBytes: number;
}

/** An opened archive. */
export interface ArchiveReader {
  /** The declared totals of all entries, where the format lists them beforehand. */
  readonly declared?: { readonly entries: number; readonly bytes: number };
  readonly entries: AsyncIterable<ArchiveEntry>;
  close(): Promise<void>;
}
