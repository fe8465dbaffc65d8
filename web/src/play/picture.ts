// What the network answers everywhere, with the points that it learned from and those of the test.

import {bytesOf, colorOfClass, colorOfShare, css, inkOf, pale} from './colors';
import {type Frame, type Points, type Setup} from './kinds';
import {type Box, line, Plot, type Scale, xOf, yOf} from './plot';
import {t} from './text';

const RADIUS = 3.5;

export class Picture {
  private readonly plot = new Plot(0.82, t('picture'));
  readonly element = this.plot.element;
  private readonly grid = document.createElement('canvas');

  draw(setup: Setup, frame: Frame | null): void {
    const context = this.plot.begin();
    if (!context || !setup.axes.length) return;
    const box = this.plot.inner;
    const [across] = setup.axes;
    const isFlat = setup.axes.length === 1;
    const up: Scale = isFlat ? {low: setup.range[0], high: setup.range[1]} : setup.axes[1];
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    if (frame && !isFlat) this.surface(context, setup, frame, box);
    setup.points.forEach((points, part) => this.points(context, setup, points, part === 1, across, up, box));
    if (frame && isFlat) this.lines(context, setup, frame, across, up, box);
    context.restore();
    const name = isFlat ? (setup.kind === 'number' ? setup.target : '') : setup.axes[1].name;
    this.plot.axes(context, across, up, [across.name, name]);
  }

  private surface(context: CanvasRenderingContext2D, setup: Setup, frame: Frame, box: Box): void {
    const {values, best} = frame.picture;
    if (!values) return;
    const shares = bytesOf(values);
    const classes = best ? bytesOf(best) : null;
    const size = setup.grid;
    this.grid.width = this.grid.height = size;
    const image = new ImageData(size, size);
    const floor = 1 / Math.max(2, setup.classes.length);
    shares.forEach((byte, at) => {
      const color = classes ? colorOfClass(classes[at], (byte / 255 - floor) / (1 - floor)) : colorOfShare(byte / 255);
      image.data.set([...pale(color), 255], 4 * at);
    });
    this.grid.getContext('2d')!.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.grid, box.left, box.top, box.width, box.height);
  }

  private lines(context: CanvasRenderingContext2D, setup: Setup, frame: Frame, across: Scale, up: Scale, box: Box): void {
    (frame.picture.lines ?? []).forEach((values, index) => {
      const step = (across.high - across.low) / (values.length - 1);
      const points = values
        .map((value, at): [number, number | null] => [across.low + at * step, value])
        .filter((one): one is [number, number] => one[1] !== null)
        .map(([x, y]): [number, number] => [xOf(x, across, box), yOf(y, up, box)]);
      line(context, points, setup.kind === 'classes' ? css(colorOfClass(index)) : inkOf(this.element), 3);
    });
  }

  private points(context: CanvasRenderingContext2D, setup: Setup, points: Points, isTest: boolean, across: Scale, up: Scale, box: Box): void {
    const [low, high] = setup.range;
    points.targets.forEach((target, at) => {
      const x = points.axes[0][at];
      const y = points.axes.length > 1 ? points.axes[1][at] : target;
      if (x === null || y === null) return;
      const isNumber = setup.kind === 'number';
      const color = css(isNumber ? colorOfShare((target - low) / (high - low)) : colorOfClass(target));
      const isPlain = isNumber && points.axes.length === 1;
      mark(context, xOf(x, across, box), yOf(y, up, box), isNumber ? 0 : target, isPlain ? css(colorOfClass(1)) : color, isTest);
    });
  }
}

/** A point: its shape tells the class, so that nobody has to see the color; hollow if of the test. */
function mark(context: CanvasRenderingContext2D, x: number, y: number, shape: number, color: string, isTest: boolean): void {
  context.beginPath();
  if (shape % 3 === 0) context.arc(x, y, RADIUS, 0, 2 * Math.PI);
  else if (shape % 3 === 1) context.rect(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
  else {
    context.moveTo(x, y - 1.3 * RADIUS);
    context.lineTo(x + 1.2 * RADIUS, y + RADIUS);
    context.lineTo(x - 1.2 * RADIUS, y + RADIUS);
    context.closePath();
  }
  context.fillStyle = isTest ? '#ffffff' : color;
  context.fill();
  context.lineWidth = isTest ? 2 : 1;
  context.strokeStyle = isTest ? color : '#1d2129';
  context.stroke();
}
