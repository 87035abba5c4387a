/** Lets users bring a picture: dropped anywhere, chosen, or pasted. */
export function listenForPictures(onPicture: (picture: Blob, name: string) => void): void {
  const file = document.getElementById('file') as HTMLInputElement;
  const take = (found: Blob | undefined | null) => {
    if (found) onPicture(found, found instanceof File ? found.name : 'picture');
  };
  for (const button of document.querySelectorAll('#choose, .empty'))
    button.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    take(file.files?.[0]);
    file.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('paste', ({ clipboardData }) => take(clipboardData?.files[0]));
  listenForDrops((transfer) => take(transfer.files[0]));
}

function listenForDrops(onDrop: (transfer: DataTransfer) => void): void {
  // Entering an element is reported before leaving the one around it.
  let depth = 0;
  const show = () => document.body.classList.toggle('dropping', depth > 0);
  const isOfFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
  addEventListener('dragenter', (event) => {
    if (!isOfFiles(event)) return;
    depth++;
    show();
  });
  addEventListener('dragleave', (event) => {
    if (!isOfFiles(event)) return;
    depth--;
    show();
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    show();
    if (event.dataTransfer) onDrop(event.dataTransfer);
  });
}
