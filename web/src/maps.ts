// Feature maps: what each convolution has found in an image, as gray pictures.

import type {Inner} from './card';
import {h} from './dom';
import {t} from './text';

const MOST = 32; // maps of a layer; the first ones stand for all
const ACROSS = 8;
const GAP = 1; // pixel between two maps

/** All maps of a layer share one scale: the brightest pixel of all is white. */
export function showMaps(inner: Inner[], values: Float32Array[]): HTMLElement {
  return h('div', {'data-maps': ''}, ...inner.map((one, index) => showLayer(one, values[index])));
}

function showLayer({name, shape: [height, width, count]}: Inner, values: Float32Array): HTMLElement {
  const shown = Math.min(MOST, count);
  const across = Math.min(ACROSS, shown);
  const canvas = h('canvas', {
    class: 'pixels maps',
    width: across * (width + GAP) - GAP,
    height: Math.ceil(shown / across) * (height + GAP) - GAP,
    role: 'img',
    'aria-label': t('mapsOf', name, count, width, height),
    'data-layer': name,
  });
  const context = canvas.getContext('2d')!;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = 255 / (high - low || 1);
  for (let map = 0; map < shown; map++) {
    const picture = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      const gray = (values[at * count + map] - low) * scale;
      picture.data.set([gray, gray, gray, 255], 4 * at);
    }
    context.putImageData(picture, (map % across) * (width + GAP), Math.floor(map / across) * (height + GAP));
  }
  return h('figure', {}, h('figcaption', {class: 'soft'}, t('mapsOf', name, count, width, height), count > shown && ` ${t('mapsShown', shown)}`), canvas);
}
