/** Gives an image to the user as a PNG file. @returns false where there is no memory for it */
export async function saveImage(canvas: HTMLCanvasElement, name: string): Promise<boolean> {
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (png === null) return false;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(png);
  link.download = name;
  link.click();
  // The download begins later, and does not say when.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}
