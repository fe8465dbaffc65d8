// A canvas that is as sharp as its screen, with axes.

import {h, short} from '../dom';
import {inkOf} from './colors';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Scale {
  low: number;
  high: number;
  isLog?: boolean;
}

export class Plot {
  readonly element: HTMLCanvasElement;
  private width = 0;
  private height = 0;

  constructor(
    private readonly ratio: number,
    name: string,
  ) {
    this.element = h('canvas', {class: 'plot', role: 'img', 'aria-label': name});
  }

  /** Clears it, and returns what to draw with; `null` while it has no size. */
  begin(): CanvasRenderingContext2D | null {
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    this.width = this.element.clientWidth;
    this.height = Math.round(this.width * this.ratio);
    if (!this.width) return null;
    if (this.element.width !== Math.round(this.width * sharp)) {
      this.element.width = Math.round(this.width * sharp);
      this.element.height = Math.round(this.height * sharp);
      this.element.style.height = `${this.height}px`;
    }
    const context = this.element.getContext('2d')!;
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.font = '12px system-ui, sans-serif';
    return context;
  }

  get size(): Box {
    return {left: 0, top: 0, width: this.width, height: this.height};
  }

  /** Where the picture goes beside the numbers of the axes. */
  get inner(): Box {
    return {left: 46, top: 8, width: this.width - 56, height: this.height - 34};
  }

  axes(context: CanvasRenderingContext2D, across: Scale, up: Scale, names: [string, string] = ['', '']): void {
    const box = this.inner;
    context.strokeStyle = context.fillStyle = inkOf(this.element);
    context.lineWidth = 1;
    context.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1);
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (const value of ticks(up)) context.fillText(short(value), box.left - 4, yOf(value, up, box));
    context.textBaseline = 'top';
    context.textAlign = 'center';
    for (const value of ticks(across)) context.fillText(short(value), xOf(value, across, box), box.top + box.height + 4);
    context.textAlign = 'right';
    if (names[0]) context.fillText(names[0], box.left + box.width - 4, box.top + box.height - 17);
    context.textAlign = 'left';
    if (names[1]) context.fillText(names[1], box.left + 5, box.top + 5);
  }
}

export function xOf(value: number, scale: Scale, box: Box): number {
  return box.left + shareOf(value, scale) * box.width;
}

export function yOf(value: number, scale: Scale, box: Box): number {
  return box.top + (1 - shareOf(value, scale)) * box.height;
}

function shareOf(value: number, {low, high, isLog}: Scale): number {
  return isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** Round numbers on a scale, about four; powers of ten on a logarithmic one. */
function ticks({low, high, isLog}: Scale): number[] {
  if (isLog) {
    const found: number[] = [];
    for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power++) found.push(10 ** power);
    return found;
  }
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const found: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9 * step; at++) found.push(at * step);
  return found;
}

export function line(context: CanvasRenderingContext2D, points: [number, number][], color: string, width = 2, dash: number[] = []): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.setLineDash([]);
}
