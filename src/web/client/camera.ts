import { cameraText } from './texts.js';

export interface CameraEvents {
  readonly onOpen: (video: HTMLVideoElement) => void;
  readonly onPicture: (picture: Blob) => void;
  readonly onClose: () => void;
  readonly onFailure: (text: string) => void;
}

/** The device's camera, where the browser gives it: to pages from this machine or over HTTPS. */
export class Camera {
  readonly #video = document.getElementById('video') as HTMLVideoElement;
  readonly #controls = document.querySelector<HTMLElement>('.shooting')!;
  #stream: MediaStream | undefined;

  constructor(private readonly events: CameraEvents) {
    const button = document.getElementById('camera')!;
    // Absent where the page is not trusted, whatever the types say.
    button.hidden = (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia === undefined;
    button.addEventListener('click', () => void this.#open());
    document.getElementById('shoot')!.addEventListener('click', () => void this.#shoot());
    document.getElementById('stop-camera')!.addEventListener('click', () => {
      this.close();
      this.events.onClose();
    });
  }

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  close(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#video.srcObject = null;
    this.#controls.hidden = true;
  }

  async #open(): Promise<void> {
    this.close();
    try {
      const video = { facingMode: 'environment', width: { ideal: 1280 } };
      this.#stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      this.#video.srcObject = this.#stream;
      await this.#video.play();
    } catch (error) {
      this.close();
      this.events.onFailure(cameraText(error instanceof Error ? error.name : ''));
      return;
    }
    this.#controls.hidden = false;
    this.events.onOpen(this.#video);
    document.getElementById('shoot')!.focus();
  }

  async #shoot(): Promise<void> {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')!.drawImage(this.#video, 0, 0);
    const picture = await canvas.convertToBlob({ type: 'image/png' });
    this.close();
    this.events.onPicture(picture);
  }
}
