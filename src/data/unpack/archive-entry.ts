/** What an archive has inside, whatever its format. */
export interface ArchiveEntry {
  /** As the archive has it: nothing is to be believed of it. */
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes that it says it has. */
  readonly size: number;
  /** The content, once, before the next entry is asked for: `size` bytes. Throws a ProblemError when it is damaged, and when there are more or fewer. */
  content(): AsyncIterable<Uint8Array>;
}

export type EntryKind =
  'file' | 'folder' | 'symbolic link' | 'hard link' | 'device' | 'named pipe' | 'encrypted file' | 'unknown';

/** What a reader tells while it reads. Both may throw, which ends the reading. */
export interface ReadListener {
  /** Bytes of the archive's file so far. */
  readonly onRead: (bytes: number) => void;
  /** So many more bytes have come out of the archive, wanted or not. */
  readonly onPlain: (bytes: number) => void;
}

/** An opened archive. */
export interface ArchiveReader {
  /** What the entries say they have together, where that can be known beforehand. */
  readonly declared?: { readonly entries: number; readonly bytes: number };
  readonly entries: AsyncIterable<ArchiveEntry>;
  close(): Promise<void>;
}
