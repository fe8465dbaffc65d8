// A pad to draw on with a mouse, a pen, a finger or the arrow keys: white on black, as MNIST is.

import {h} from './dom';
import {type Size, sample} from './pixels';
import {t} from './text';

const SIDE = 280; // pixels of the pad
const STEP = 8; // of an arrow key

export class Pad {
  readonly element: HTMLElement;
  readonly canvas = h('canvas', {class: 'pad', width: SIDE, height: SIDE, tabindex: 0, role: 'img', 'data-pad': ''});
  private readonly context = this.canvas.getContext('2d', {willReadFrequently: true})!;
  private at: [number, number] = [SIDE / 2, SIDE / 2];
  private isDown = false;

  /** `isCentered`: whether what is drawn is put in the middle, as the digits of MNIST were. */
  constructor(
    private readonly size: Size,
    private readonly isCentered: boolean,
    private readonly changed: () => void,
  ) {
    this.canvas.setAttribute('aria-label', t('draw'));
    this.clear();
    this.canvas.addEventListener('pointerdown', (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.isDown = true;
      this.at = this.pointOf(event);
      this.lineTo(this.at);
      event.preventDefault();
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (this.isDown) for (const one of event.getCoalescedEvents?.() ?? [event]) this.lineTo(this.pointOf(one));
    });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      this.canvas.addEventListener(name, () => (this.isDown = false));
    }
    this.canvas.addEventListener('keydown', (event) => this.moveByKey(event));
    this.element = h('div', {}, this.canvas, h('small', {}, t('drawHint')));
  }

  clear(): void {
    this.context.fillStyle = 'black';
    this.context.fillRect(0, 0, SIDE, SIDE);
  }

  /** What is drawn, as the network takes it; `null` if nothing is. */
  pixels(): Uint8Array | null {
    const drawn = this.boundsOfDrawing();
    if (!drawn) return null;
    if (!this.isCentered) return sample(this.canvas, [0, 0, SIDE, SIDE], this.size, 'black');
    // MNIST: the longer side takes 20 of 28 pixels, and the center of mass lies in the middle.
    const [left, top, right, bottom, massX, massY] = drawn;
    const window = (Math.max(right - left, bottom - top) * 28) / 20;
    return sample(this.canvas, [massX - window / 2, massY - window / 2, window, window], this.size, 'black');
  }

  private boundsOfDrawing(): [number, number, number, number, number, number] | null {
    const {data} = this.context.getImageData(0, 0, SIDE, SIDE);
    let [left, top, right, bottom, mass, sumX, sumY] = [SIDE, SIDE, 0, 0, 0, 0, 0];
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const light = data[4 * (y * SIDE + x)];
        if (!light) continue;
        [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
        mass += light;
        sumX += light * x;
        sumY += light * y;
      }
    }
    return mass ? [left, top, right, bottom, sumX / mass, sumY / mass] : null;
  }

  private pointOf(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  private lineTo(point: [number, number]): void {
    const pen = this.context;
    pen.strokeStyle = 'white';
    pen.lineWidth = SIDE / 13;
    pen.lineCap = pen.lineJoin = 'round';
    pen.beginPath();
    pen.moveTo(...this.at);
    pen.lineTo(...point);
    pen.stroke();
    this.at = point;
    this.changed();
  }

  private moveByKey(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP]};
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const inside = (value: number): number => Math.min(SIDE, Math.max(0, value));
    const point: [number, number] = [inside(this.at[0] + move[0]), inside(this.at[1] + move[1])];
    if (event.shiftKey) this.lineTo(point);
    this.at = point;
  }
}
