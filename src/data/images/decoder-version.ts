import sharp from 'sharp';

/** Raise it when the same file would give other pixels or records: stores of another decoder are then not copied from. */
export const DECODER = 4;
/** This decoder and its version of libvips: stores of another one are not copied from, as their pixels may differ. */
export const DECODED_BY = `${DECODER}, libvips ${sharp.versions.vips}`;
