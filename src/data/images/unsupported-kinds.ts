import { NOT_AN_IMAGE } from './decode-error.js';

type Names = readonly (readonly [name: string, start: RegExp])[];

/** The kind of an unsupported file that begins like a supported one. */
export function disguisedKind(start: string): string | undefined {
  return nameIn(DISGUISED, start);
}

/** The kind of a file that is known but not supported. */
export function unsupportedKind(start: string): string | undefined {
  return nameIn(UNSUPPORTED, start);
}

function nameIn(names: Names, start: string): string | undefined {
  return names.find(([, pattern]) => pattern.test(start))?.[0];
}

const DISGUISED: Names = [
  ['a raw camera file', /^II\x2a\0[^]{4}CR/],
  ['a JPEG-LS image', /^\xff\xd8\xff\xf7/],
  ['a PNG optimised for iOS (CgBI)', /^\x89PNG\r\n\x1a\n[^]{4}CgBI/],
];

const UNSUPPORTED: Names = [
  ['a raw camera file', /^(IIRO|IIRS|IIU\0|FUJIFILMCCD-RAW|\0MRM|FOVb)/],
  ['a JPEG XR image', /^II\xbc/],
  ['a JPEG 2000 image', /^(\0\0\0\x0cjP {2}\r\n\x87\n|\xff\x4f\xff\x51)/],
  ['a JPEG XL image', /^(\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n)/],
  ['a Photoshop document', /^8BPS/],
  ['an OpenEXR image', /^v\/1\x01/],
  ['a Radiance HDR image', /^#\?(RADIANCE|RGBE)/],
  ['an icon file', /^(\0\0[\x01\x02]\0[\x01-\xff]\0|icns)/],
  ['a PAM or PFM image', /^(P7\n|P[Ff]\s)/],
  ['a DDS texture', /^DDS /],
  ['a KTX texture', /^\xabKTX [12]\d\xbb/],
  ['a GIMP document', /^gimp xcf/],
  ['a PDF document', /^%PDF-/],
  ['a PostScript document', /^(%!PS|\xc5\xd0\xd3\xc6)/],
  ['a QOI image', /^qoif/],
  ['a BPG image', /^BPG\xfb/],
  ['a FLIF image', /^FLIF/],
  ['a farbfeld image', /^farbfeld/],
  ['a DjVu document', /^AT&TFORM[^]{4}DJV/],
  ['an SGI image', /^\x01\xda[\0\x01][\x01\x02]/],
  ['a PCX image', /^\x0a[\0\x02-\x05]\x01[\x01\x02\x04\x08]/],
  ['a Sun raster image', /^\x59\xa6\x6a\x95/],
  ['a Windows metafile', /^(\xd7\xcd\xc6\x9a|\x01\0\0\0[^]{36} EMF)/],
  ['a DICOM file', /^[^]{128}DICM/],
  ['a FITS file', /^SIMPLE {2}=/],
  ['a NIfTI volume', /^([^]{344}(n\+1|ni1)\0|[\x5c\0]\x01?[^]{2}n[+i]2\0)/],
  ['an NRRD volume', /^NRRD000\d/],
  ['a MetaImage volume', /^(ObjectType|NDims)\s*=/],
  ['an HDF5 file', /^\x89HDF\r\n\x1a\n/],
  ['a MATLAB file', /^MATLAB \d/],
  ['a NumPy array', /^\x93NUMPY/],
  ['a Zeiss CZI file', /^ZISRAWFILE/],
  ['a video', /^(\x1a\x45\xdf\xa3|RIFF[^]{4}AVI |\0\0\x01[\xb3\xba]|FLV\x01|[^]{4}(moov|mdat|wide|free))/],
  ['a sound file', /^(RIFF[^]{4}WAVE|ID3|OggS|fLaC)/],
  ['a TGA image', /^[^][\0\x01][\x01\x02\x03\x09\x0a\x0b][^]{5}[^]{8}[\x08\x0f\x10\x18\x20][\0-\x3f]/],
];

/** The reason for a file that is not an image, such as a web page saved under an image's name. */
export function describeNonImage(start: string): string {
  if (/^\s*(<!--[^]*?-->\s*)*(<!doctype html|<html|<head)/i.test(start))
    return 'is not an image: it is a web page (HTML)';
  if (/^version https:\/\/git-lfs/.test(start))
    return 'is not an image: it is a pointer to one (Git LFS; git lfs pull fetches it)';
  if (
    /^(PK\x03\x04|\x1f\x8b|Rar!|7z\xbc\xaf|BZh\d|\xfd7zXZ|\x28\xb5\x2f\xfd)/.test(start) ||
    start.slice(257, 262) === 'ustar'
  )
    return 'is not an image: it is an archive';
  if (/^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(start) && /^[\t\n\r\x20-\x7e]{4}/.test(start))
    return 'is not an image: it is text';
  return NOT_AN_IMAGE;
}
