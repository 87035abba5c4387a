/** Programs that make images of files that hold pixels in another form, by a word in the kind's name. They keep the depth of the values. */
const PROGRAMS: readonly (readonly [kind: string, line: string])[] = [
  [
    'DICOM',
    'python3 -c "import sys,pydicom,tifffile;[tifffile.imwrite(f+\'.tif\',pydicom.dcmread(f).pixel_array) for f in sys.argv[1:]]" *.dcm',
  ],
  [
    'NumPy',
    'python3 -c "import sys,numpy,tifffile;[tifffile.imwrite(f+\'.tif\',numpy.load(f)) for f in sys.argv[1:]]" *.npy',
  ],
  ['video', 'ffmpeg -i video.mp4 frame-%05d.png'],
];

/** A program that converts files of a kind, such as `DICOM` or `a NumPy array`; undefined where none is known. */
export function conversionOf(kind: string): string | undefined {
  return PROGRAMS.find(([name]) => kind.includes(name))?.[1];
}
