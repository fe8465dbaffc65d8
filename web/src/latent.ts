// A network that draws images from a few numbers: sliders, a map of two of them, and walks.

import {h, labeled, latest, pause, short} from './dom';
import {type Network} from './network';
import {drawPixels, type Size, sizeOfInput, toImageData} from './pixels';
import {t} from './text';
import {makeRandom} from './trust';
import {panel, type View} from './view';

const MOST_SLIDERS = 8;
const USUAL = 3; // standard deviations, where nothing else tells
const MAP = 11; // images in a row of the map
const STEPS = 40; // of a walk from one vector to the next

export function showLatent(view: View): void {
  const {parts, place} = view;
  const decoder = parts['decoder'] ?? parts['generator'];
  const encoder: Network | undefined = parts['encoder'];
  const size = sizeOfInput(decoder.card.output.shape);
  const count = decoder.card.input.shape[0];
  const vector = new Float32Array(count);
  const image = h('canvas', {class: 'pixels', role: 'img', 'aria-label': t('image'), 'data-image': ''});
  const random = makeRandom(Date.now());
  let reach = USUAL;

  const ask = latest(async () => drawPixels(image, await decoder.run(vector), size));
  const sliders = Array.from({length: Math.min(count, MOST_SLIDERS)}, (_, index) => {
    const slider: HTMLInputElement = h('input', {
      type: 'range', min: -reach, max: reach, step: 'any',
      input: () => {
        stop();
        vector[index] = Number(slider.value);
        show();
      },
    });
    return slider;
  });
  const marks = sliders.map(() => h('small', {}));
  const map = count === 2 ? new PlaneMap(decoder, size, (x, y) => (stop(), set([x, y]))) : null;

  function show(): void {
    sliders.forEach((slider, index) => {
      slider.value = String(vector[index]);
      marks[index].textContent = short(vector[index]);
    });
    map?.mark(vector[0], vector[1]);
    ask();
  }

  function set(values: ArrayLike<number>): void {
    vector.set(values);
    show();
  }

  const draw = (): Float32Array => Float32Array.from(vector, () => (reach / USUAL) * normal(random));
  let walking = 0; // counts walks, so that an older one ends
  function stop(): void {
    walking += 1;
    walk.textContent = t('walk');
  }

  async function go(): Promise<void> {
    const own = ++walking;
    walk.textContent = t('stop');
    while (own === walking && walk.isConnected) {
      const [from, to] = [vector.slice(), draw()];
      for (let step = 1; step <= STEPS && own === walking && walk.isConnected; step++) {
        set(between(from, to, step / STEPS));
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    }
  }
  const walk = h('button', {type: 'button', class: 'quiet', click: () => (walk.textContent === t('walk') ? void go() : stop())}, t('walk'));
  const again = h('button', {type: 'button', 'data-random': '', click: () => (stop(), set(draw()))}, t('random'));

  place.append(
    panel('image', image, h('p', {class: 'buttons'}, again, walk)),
    panel(
      'latent',
      ...sliders.map((slider, index) => {
        const field = labeled(t('latentNumber', index + 1), slider);
        field.append(marks[index]);
        return field;
      }),
      count > MOST_SLIDERS && h('p', {class: 'soft'}, t('latentShown', MOST_SLIDERS, count)),
    ),
  );
  if (map) place.append(panel('map', map.element));
  const start = encoder ? placeImages(view, encoder, place.children[1], (values) => (stop(), set(values))) : Promise.resolve(USUAL);
  void start.then((found) => {
    reach = found;
    for (const slider of sliders) [slider.min, slider.max] = [String(-reach), String(reach)];
    if (!encoder) set(draw());
    else show();
    void map?.fill(reach);
  });
}

/** Buttons of the images that were saved with it; each sets the vector that it is encoded as. */
async function placeImages({network, card}: View, encoder: Network, where: Element, take: (values: Float32Array) => void): Promise<number> {
  const size = sizeOfInput(card.network.input.shape);
  const codes: Float32Array[] = [];
  const thumbs = h('div', {class: 'thumbs', 'data-examples': ''});
  for (let index = 0; index < network.probeRows; index++) {
    const pixels = network.probeRow(index);
    const code = (await encoder.run(pixels)).slice();
    codes.push(code);
    const canvas = h('canvas', {class: 'pixels'});
    drawPixels(canvas, pixels, size, 255);
    thumbs.append(h('button', {type: 'button', class: 'thumb', 'aria-label': t('exampleNumber', index + 1), click: () => take(code)}, canvas));
  }
  where.append(h('h3', {}, t('encode')), thumbs);
  take(codes[0]);
  return Math.max(USUAL, Math.ceil(Math.max(...codes.flatMap((code) => [...code].map(Math.abs)))));
}

/** A plane of two latent numbers, with the image of every point. */
class PlaneMap {
  readonly element: HTMLElement;
  private reach = USUAL;
  private at: [number, number] = [0, 0];
  private readonly canvas: HTMLCanvasElement;
  private readonly dot = h('div', {class: 'dot', 'aria-hidden': 'true'});

  constructor(
    private readonly decoder: Network,
    private readonly size: Size,
    private readonly chosen: (x: number, y: number) => void,
  ) {
    this.canvas = h('canvas', {class: 'pixels map', width: MAP * size.width, height: MAP * size.height, tabindex: 0, role: 'img', 'aria-label': t('map'), 'data-map': ''});
    this.element = h('div', {class: 'stack'}, this.canvas, this.dot);
    const choose = (event: PointerEvent): void => {
      const box = this.canvas.getBoundingClientRect();
      const side = (share: number): number => (2 * Math.min(1, Math.max(0, share)) - 1) * this.reach;
      this.chosen(side((event.clientX - box.left) / box.width), -side((event.clientY - box.top) / box.height));
    };
    this.canvas.addEventListener('pointerdown', (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      choose(event);
    });
    this.canvas.addEventListener('pointermove', (event) => event.buttons && choose(event));
    this.canvas.addEventListener('keydown', (event) => {
      const moves: Record<string, [number, number]> = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      this.chosen(this.at[0] + (move[0] * this.reach) / 20, this.at[1] + (move[1] * this.reach) / 20);
    });
  }

  mark(x: number, y: number): void {
    this.at = [x, y];
    this.dot.style.left = `${50 + (50 * x) / this.reach}%`;
    this.dot.style.top = `${50 - (50 * y) / this.reach}%`;
  }

  async fill(reach: number): Promise<void> {
    this.reach = reach;
    this.mark(...this.at);
    const context = this.canvas.getContext('2d')!;
    for (let row = 0; row < MAP; row++) {
      for (let column = 0; column < MAP; column++) {
        const middle = (index: number): number => (2 * (index + 0.5)) / MAP - 1;
        const drawn = await this.decoder.run(Float32Array.of(reach * middle(column), -reach * middle(row)));
        context.putImageData(toImageData(drawn, this.size), column * this.size.width, row * this.size.height);
      }
      await pause();
      if (!this.canvas.isConnected) return;
    }
  }
}

/** A point on the arc from one vector to another: straight lines pass through unlikely ones (slerp). */
function between(from: Float32Array, to: Float32Array, share: number): Float32Array {
  const dot = (one: Float32Array, other: Float32Array): number => one.reduce((sum, value, index) => sum + value * other[index], 0);
  const angle = Math.acos(Math.min(1, Math.max(-1, dot(from, to) / Math.sqrt(dot(from, from) * dot(to, to) || 1))));
  const weights = from.length < 3 || angle < 1e-3 ? [1 - share, share] : [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  return from.map((value, index) => weights[0] * value + weights[1] * to[index]);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()); // Box and Muller
}
