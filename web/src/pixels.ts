// Images as a network takes them: read, cropped, resized, and drawn again.

import {Trouble} from './files';
import {t} from './text';

export interface Size {
  height: number;
  width: number;
  channels: number;
}

const MEGAPIXELS = 50;
const MEGABYTES = 50;
const FINEST = 8; // samples of a pixel in each direction, whose mean it is

export function sizeOfInput(shape: number[]): Size {
  return {height: shape[0], width: shape[1], channels: shape[2] ?? 1};
}

/** Reads an image file of any size, cropped around its center. */
export async function readImage(file: Blob, name: string, size: Size): Promise<Uint8Array> {
  if (file.size > MEGABYTES * 2 ** 20) {
    throw new Trouble(t('tooHeavy', name, Math.round(file.size / 2 ** 20), MEGABYTES));
  }
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise((resolve, reject) => {
      image.onload = resolve; // its size is known then, and its pixels are not decoded yet
      image.onerror = () => reject(new Trouble(t('notImage', name)));
      image.src = url;
    });
    const {naturalWidth: width, naturalHeight: height} = image;
    if (!width || !height) throw new Trouble(t('notImage', name));
    if (width * height > MEGAPIXELS * 1e6) {
      throw new Trouble(t('tooLarge', name, Math.round((width * height) / 1e6), MEGAPIXELS));
    }
    const scale = Math.min(width / size.width, height / size.height);
    const [across, down] = [size.width * scale, size.height * scale];
    return sample(image, [(width - across) / 2, (height - down) / 2, across, down], size);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The mean color of each pixel's part of a picture, on white where it is transparent. */
export function sample(source: CanvasImageSource, part: [number, number, number, number], size: Size, paper = 'white'): Uint8Array {
  const canvas = new OffscreenCanvas(size.width * FINEST, size.height * FINEST);
  const context = canvas.getContext('2d', {willReadFrequently: true})!;
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, ...part, 0, 0, canvas.width, canvas.height);
  const fine = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const pixels = new Uint8Array(size.height * size.width * size.channels);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const sums = [0, 0, 0];
      for (let dy = 0; dy < FINEST; dy++) {
        for (let dx = 0; dx < FINEST; dx++) {
          const at = 4 * ((y * FINEST + dy) * canvas.width + x * FINEST + dx);
          for (let c = 0; c < 3; c++) sums[c] += fine[at + c];
        }
      }
      const [red, green, blue] = sums.map((sum) => sum / FINEST ** 2);
      const at = (y * size.width + x) * size.channels;
      if (size.channels === 3) pixels.set([red, green, blue].map(Math.round), at);
      else pixels[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue); // as Pillow's "L"
    }
  }
  return pixels;
}

/** Shows pixels in a canvas, each as a square. */
export function drawPixels(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, size: Size, unit = 1): void {
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d')!.putImageData(toImageData(pixels, size, unit), 0, 0);
}

/** Pixels for a canvas. `unit` is what white is: 1 or 255. */
export function toImageData(pixels: ArrayLike<number>, size: Size, unit = 1): ImageData {
  const data = new ImageData(size.width, size.height);
  for (let at = 0; at < size.width * size.height; at++) {
    for (let c = 0; c < 3; c++) {
      data.data[4 * at + c] = (255 / unit) * pixels[at * size.channels + (size.channels === 3 ? c : 0)];
    }
    data.data[4 * at + 3] = 255;
  }
  return data;
}

/** Where the patches of a side begin and end, as in `kerazoo.predict.occlusion`. */
export function edgesOf(length: number, grid = 8): number[] {
  const count = Math.min(grid, length);
  return Array.from({length: count + 1}, (_, index) => {
    const exact = (index * length) / count;
    const floor = Math.floor(exact);
    return exact - floor === 0.5 ? floor + (floor % 2) : Math.round(exact); // half to even, as NumPy
  });
}
