/** Programs that make images of files that hold pixels in another form, by a word in the kind's name. They write 16 bits where there are more than 8. */
const PROGRAMS: readonly (readonly [kind: string, line: string])[] = [
  [
    'DICOM',
    // From a window of values, here -1000 to 1000 Hounsfield units, to 16 bits.
    `python3 -c "import sys,pydicom,tifffile;lo,hi=map(float,sys.argv[1:3]);[tifffile.imwrite(f+'.tif',(((d.pixel_array*float(d.get('RescaleSlope',1))+float(d.get('RescaleIntercept',0))-lo)/(hi-lo)).clip(0,1)*65535).astype('uint16')) for f in sys.argv[3:] for d in [pydicom.dcmread(f)]]" -1000 1000 *.dcm`,
  ],
  [
    'NumPy',
    // Likewise: NumPy's usual numbers, float64 and int64, are not read in a TIFF.
    `python3 -c "import sys,numpy,tifffile;lo,hi=map(float,sys.argv[1:3]);[tifffile.imwrite(f+'.tif',(((numpy.load(f)-lo)/(hi-lo)).clip(0,1)*65535).round().astype('uint16')) for f in sys.argv[3:]]" 0 255 *.npy`,
  ],
  ['video', 'ffmpeg -i video.mp4 frame-%05d.png'],
];

/** A program that converts files of a kind, such as `DICOM` or `a NumPy array`; undefined where none is known. */
export function conversionOf(kind: string): string | undefined {
  return PROGRAMS.find(([name]) => kind.includes(name))?.[1];
}
