// A network that classifies images: draw, drop, or take an example; and see which patches count.

import {CoverageChoice, showClasses} from './bars';
import {Trouble} from './files';
import {h, latest, pause} from './dom';
import {showMaps} from './maps';
import {Pad} from './pad';
import {drawPixels, edgesOf, readImage, type Size, sizeOfInput} from './pixels';
import {t} from './text';
import {probabilitiesOf} from './trust';
import {answerPlace, panel, type View} from './view';

export function showImages(view: View): void {
  const {card, network, place} = view;
  const size = sizeOfInput(card.network.input.shape);
  let image: Uint8Array | null = null; // as it was read
  const seen = h('canvas', {class: 'pixels', role: 'img', 'aria-label': t('sees', size.width, size.height), 'data-seen': ''});
  const heat = h('canvas', {class: 'pixels heat', 'aria-hidden': 'true', 'data-heat': ''});
  const heatNote = h('p', {class: 'soft'});
  const note = h('p', {class: 'soft', role: 'status'});
  const problem = h('p', {class: 'wrong', role: 'alert', 'data-problem': ''});
  const maps = h('div', {});
  const answer = answerPlace();
  const coverage = new CoverageChoice(card, () => ask());
  const inverted = h('input', {type: 'checkbox', id: 'invert', change: () => ask()});
  const wantsHeat = h('input', {type: 'checkbox', id: 'heat', checked: true, change: () => ask()});

  const ask = latest(async (isStale) => {
    heat.width = heat.height = 0;
    heatNote.textContent = '';
    if (!image) {
      maps.replaceChildren();
      answer.replaceChildren(h('p', {class: 'soft'}, t('drawMore')));
      return;
    }
    const pixels = inverted.checked ? image.map((value) => 255 - value) : image;
    drawPixels(seen, pixels, size, 255);
    const {answer: outputs, inner} = await network.look(pixels);
    const probabilities = probabilitiesOf(card, outputs);
    if (isStale()) return;
    maps.replaceChildren(showMaps(card.network.inner, inner));
    answer.replaceChildren(showClasses(card, probabilities, coverage.value));
    if (wantsHeat.checked) await showHeat(view, pixels, probabilities, heat, heatNote, isStale);
  });

  function take(pixels: Uint8Array | null, said = ''): void {
    image = pixels;
    note.textContent = said;
    problem.textContent = '';
    ask();
  }

  async function takeFile(file: File): Promise<void> {
    try {
      const pixels = await readImage(file, file.name || 'image', size);
      pad?.clear();
      take(pixels, t('cropped'));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      problem.textContent = error.message;
    }
  }

  const isDigits = card.classes.join() === '0,1,2,3,4,5,6,7,8,9';
  const pad = size.channels === 1 ? new Pad(size, isDigits, () => takeDrawing()) : null;
  function takeDrawing(): void {
    inverted.checked = false;
    take(pad!.pixels());
  }
  const clear = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      click: () => {
        pad?.clear();
        seen.width = seen.height = 0;
        take(null);
      },
    },
    t('clear'),
  );

  place.append(
    panel(
      'input',
      pad && pad.element,
      pad && h('p', {}, clear),
      dropZone((file) => void takeFile(file)),
      size.channels === 1 && h('p', {class: 'check'}, inverted, h('label', {for: 'invert'}, t('invert'))),
      note,
      problem,
      h('h3', {}, t('examples')),
      examples(view, size, (pixels) => {
        inverted.checked = false;
        pad?.clear();
        take(pixels);
      }),
    ),
    panel('answer', answer, coverage.element),
    panel(
      'why',
      h('p', {class: 'soft'}, t('sees', size.width, size.height)),
      h('div', {class: 'stack'}, seen, heat),
      h('p', {class: 'check'}, wantsHeat, h('label', {for: 'heat'}, t('heatShow'))),
      heatNote,
    ),
  );
  if (card.network.inner.length) place.append(panel('maps', h('p', {class: 'soft'}, t('mapsExplained')), maps));
  take(network.probeRow(0) as Uint8Array);
}

/** The images that were saved with the network, as buttons. */
function examples({network}: View, size: Size, take: (pixels: Uint8Array) => void): HTMLElement {
  const buttons = Array.from({length: network.probeRows}, (_, index) => {
    const pixels = network.probeRow(index) as Uint8Array;
    const canvas = h('canvas', {class: 'pixels'});
    drawPixels(canvas, pixels, size, 255);
    return h('button', {type: 'button', class: 'thumb', 'aria-label': t('exampleNumber', index + 1), click: () => take(pixels)}, canvas);
  });
  return h('div', {class: 'thumbs', 'data-examples': ''}, ...buttons);
}

/** A button for a file, onto which one can also be dropped; pasting works anywhere. */
function dropZone(take: (file: File) => void): HTMLElement {
  const input = h('input', {type: 'file', accept: 'image/*', id: 'file', change: () => input.files?.[0] && take(input.files[0])});
  const zone = h('div', {class: 'drop', 'data-drop': ''}, h('label', {for: 'file'}, t('choose')), input, h('small', {}, t('drop')));
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
  zone.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (file) take(file);
  });
  return zone;
}

/** Covers each patch with the mean color, and colors it by what the best class loses. */
async function showHeat(
  {card, network}: View,
  pixels: Uint8Array,
  probabilities: number[],
  canvas: HTMLCanvasElement,
  note: HTMLElement,
  isStale: () => boolean,
): Promise<void> {
  const size = sizeOfInput(card.network.input.shape);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const color = meanColor(pixels, size);
  const [down, across] = [edgesOf(size.height), edgesOf(size.width)];
  const lost: number[][] = [];
  for (let i = 0; i + 1 < down.length; i++) {
    lost.push([]);
    for (let j = 0; j + 1 < across.length; j++) {
      const covered = pixels.slice();
      for (let y = down[i]; y < down[i + 1]; y++) {
        for (let x = across[j]; x < across[j + 1]; x++) covered.set(color, (y * size.width + x) * size.channels);
      }
      const given = probabilitiesOf(card, await network.run(covered));
      lost[i].push(probabilities[best] - given[best]);
    }
    await pause();
    if (isStale()) return;
  }
  paint(canvas, lost, down, across);
  note.textContent = t('heat', card.classes[best]);
}

function meanColor(pixels: Uint8Array, {channels}: Size): number[] {
  const sums = new Array<number>(channels).fill(0);
  pixels.forEach((value, at) => (sums[at % channels] += value));
  return sums.map((sum) => Math.floor((sum * channels) / pixels.length));
}

function paint(canvas: HTMLCanvasElement, lost: number[][], down: number[], across: number[]): void {
  const scale = 8;
  canvas.width = across[across.length - 1] * scale;
  canvas.height = down[down.length - 1] * scale;
  const context = canvas.getContext('2d')!;
  const most = Math.max(...lost.flat().map(Math.abs)) || 1;
  lost.forEach((row, i) =>
    row.forEach((value, j) => {
      const strength = Math.abs(value) / most;
      context.fillStyle = value > 0 ? `rgb(245 130 30 / ${0.75 * strength})` : `rgb(50 120 240 / ${0.75 * strength})`;
      context.fillRect(across[j] * scale, down[i] * scale, (across[j + 1] - across[j]) * scale, (down[i + 1] - down[i]) * scale);
    }),
  );
}
