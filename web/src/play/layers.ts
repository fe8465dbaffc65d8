// The network as it is: its weights as lines, and how large weights and gradients are in each layer.

import {h, short} from '../dom';
import {ABOVE, BELOW, inkOf, numbersOf} from './colors';
import {type Frame, type LayerFrame, type Setup} from './kinds';
import {Plot} from './plot';
import {t} from './text';

const MOST_LINES = 400; // of a layer: the largest weights
const MOST_NAMES = 16; // of inputs: more would lie on each other
const VANISHED = 0.01;
const DECADES = 6; // of the bars of gradients

export class Layers {
  private readonly plot = new Plot(0.55, t('weights'));
  private readonly body = h('tbody');
  readonly element: HTMLElement;
  private rows: {size: HTMLElement; gradient: HTMLElement; bar: HTMLElement; mark: HTMLElement}[] = [];

  constructor() {
    const head = [t('layer'), t('meanWeight'), t('gradient')].map((name) => h('th', {scope: 'col'}, name));
    this.element = h(
      'div',
      {},
      h('p', {class: 'soft'}, t('weightsHint')),
      this.plot.element,
      h('div', {class: 'wide'}, h('table', {class: 'grid gradients', 'data-layers': ''}, h('thead', {}, h('tr', {}, ...head)), this.body)),
      h('p', {class: 'soft'}, t('gradientHint')),
    );
  }

  draw(setup: Setup, frame: Frame): void {
    if (this.rows.length !== frame.layers.length) this.makeRows(frame.layers.length);
    const gradients = frame.layers.map((one) => one.gradient ?? 0);
    const largest = Math.max(...gradients);
    frame.layers.forEach((layer, at) => {
      const row = this.rows[at];
      row.size.textContent = layer.size === null ? '' : short(layer.size);
      row.gradient.textContent = layer.gradient === null ? '' : layer.gradient.toExponential(1);
      const share = gradients[at] > 0 ? 1 + Math.log10(gradients[at] / largest) / DECADES : 0;
      row.bar.style.width = `${100 * Math.max(0, Math.min(1, share))}%`;
      row.mark.textContent = largest > 0 && gradients[at] < VANISHED * largest ? t('vanishing') : '';
    });
    this.network(setup, frame.layers);
  }

  clear(): void {
    this.plot.begin();
    this.makeRows(0);
  }

  private makeRows(count: number): void {
    this.rows = Array.from({length: count}, () => ({size: h('td'), gradient: h('span'), bar: h('div', {class: 'filled'}), mark: h('span', {class: 'mark'})}));
    this.body.replaceChildren(
      ...this.rows.map((row, at) =>
        h(
          'tr',
          {},
          h('th', {scope: 'row'}, at === count - 1 ? t('output') : String(at + 1)),
          row.size,
          h('td', {}, h('div', {class: 'gradient'}, row.gradient, h('div', {class: 'track'}, row.bar), row.mark)),
        ),
      ),
    );
  }

  private network(setup: Setup, layers: LayerFrame[]): void {
    const context = this.plot.begin();
    if (!context) return;
    const {width, height} = this.plot.size;
    const counts = [layers[0].inputs, ...layers.map((one) => one.units)];
    const left = counts[0] > MOST_NAMES ? 14 : Math.min(110, 0.25 * width);
    const place = (layer: number, unit: number): [number, number] => [
      left + ((width - left - 14) * layer) / (counts.length - 1),
      ((unit + 0.5) / counts[layer]) * (height - 16) + 8,
    ];
    layers.forEach((layer, at) => {
      const weights = numbersOf(layer.weights);
      const sizes = Float32Array.from(weights, Math.abs).sort();
      const least = sizes.length > MOST_LINES ? sizes[sizes.length - MOST_LINES] : 0;
      const largest = sizes[sizes.length - 1] || 1;
      weights.forEach((weight, index) => {
        if (Math.abs(weight) < least || weight === 0) return;
        const [fromX, fromY] = place(at, Math.floor(index / layer.units));
        const [toX, toY] = place(at + 1, index % layer.units);
        const share = Math.abs(weight) / largest;
        context.strokeStyle = weight > 0 ? ABOVE : BELOW;
        context.globalAlpha = 0.25 + 0.75 * share;
        context.lineWidth = 0.4 + 5 * share;
        context.beginPath();
        context.moveTo(fromX, fromY);
        context.bezierCurveTo((fromX + toX) / 2, fromY, (fromX + toX) / 2, toY, toX, toY);
        context.stroke();
      });
    });
    context.globalAlpha = 1;
    this.units(context, setup, counts, place);
  }

  private units(context: CanvasRenderingContext2D, setup: Setup, counts: number[], place: (layer: number, unit: number) => [number, number]): void {
    const {height} = this.plot.size;
    context.fillStyle = inkOf(this.plot.element);
    counts.forEach((count, layer) => {
      const radius = Math.max(1.5, Math.min(6, height / count / 3));
      for (let unit = 0; unit < count; unit++) {
        const [x, y] = place(layer, unit);
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
      }
    });
    if (counts[0] > MOST_NAMES) return;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    setup.inputs.forEach((name, unit) => {
      const [x, y] = place(0, unit);
      context.fillText(shortened(context, name, x - 12), x - 9, y);
    });
  }
}

/** A name, without its end where there is no room for it. */
function shortened(context: CanvasRenderingContext2D, name: string, room: number): string {
  if (context.measureText(name).width <= room) return name;
  let kept = name;
  while (kept && context.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}
