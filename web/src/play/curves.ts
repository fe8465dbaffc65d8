// The losses until now, and what the network says of test rows.

import {h} from '../dom';
import {colorOfClass, css, inkOf} from './colors';
import {type Frame, type Setup} from './kinds';
import {line, Plot, type Scale, xOf, yOf} from './plot';
import {t} from './text';

export class Curves {
  private readonly plot = new Plot(0.5, t('losses'));
  readonly element = this.plot.element;

  clear(): void {
    this.plot.begin();
  }

  draw(frame: Frame): void {
    const context = this.plot.begin();
    const {epochs, train, test} = frame.curve;
    if (!context || !epochs.length) return;
    const all = [...train, ...test].map((value) => Math.max(value, 1e-7));
    const across: Scale = {low: 0, high: Math.max(10, epochs[epochs.length - 1])};
    // Powers of ten, so that there is a number to read at either end.
    const up: Scale = {low: 10 ** Math.floor(Math.log10(Math.min(...all))), high: 10 ** Math.ceil(Math.log10(Math.max(...all)) + 1e-9), isLog: true};
    const box = this.plot.inner;
    const path = (values: number[]): [number, number][] =>
      epochs.map((epoch, at) => [xOf(epoch, across, box), yOf(Math.max(values[at], 1e-7), up, box)]);
    line(context, path(train), inkOf(this.element), 2, [5, 4]);
    line(context, path(test), css(colorOfClass(0)), 2.5);
    this.plot.axes(context, across, up, [t('epoch'), '']);
  }
}

export class Predictions {
  readonly element = h('div', {class: 'predictions', 'data-predictions': ''});
  private plot: Plot | null = null;
  private cells: HTMLElement[][] = [];

  /** Prepares a scatter of numbers, or a table of classes. */
  setUp(setup: Setup): void {
    this.cells = [];
    this.plot = null;
    if (setup.kind === 'number') {
      this.plot = new Plot(0.7, t('predictions'));
      this.element.replaceChildren(h('p', {class: 'soft'}, t('scatter')), this.plot.element);
      return;
    }
    const heads = setup.classes.map((name) => h('th', {scope: 'col'}, name));
    const rows = setup.classes.map((name) => {
      const cells = setup.classes.map(() => h('td'));
      this.cells.push(cells);
      return h('tr', {}, h('th', {scope: 'row'}, name), ...cells);
    });
    const top = h('tr', {}, h('th', {scope: 'col'}, `${t('truth')} \\ ${t('answered')}`), ...heads);
    this.element.replaceChildren(h('div', {class: 'wide'}, h('table', {class: 'grid confusion'}, h('thead', {}, top), h('tbody', {}, ...rows))));
  }

  draw(setup: Setup, frame: Frame): void {
    const {table, given, true: truth} = frame.predicted;
    table?.forEach((row, at) => {
      const all = row.reduce((sum, one) => sum + one, 0);
      row.forEach((count, column) => {
        const cell = this.cells[at]?.[column];
        if (!cell) return;
        cell.textContent = String(count);
        cell.style.setProperty('--share', String(all ? Math.round((100 * count) / all) : 0));
      });
    });
    const context = given && truth && this.plot?.begin();
    if (!context || !this.plot) return;
    const scale: Scale = {low: setup.range[0], high: setup.range[1]};
    const box = this.plot.inner;
    line(context, [[box.left, box.top + box.height], [box.left + box.width, box.top]], inkOf(this.plot.element), 1, [4, 4]);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    context.fillStyle = css(colorOfClass(1));
    truth.forEach((value, at) => {
      if (given[at] === null) return;
      context.beginPath();
      context.arc(xOf(value, scale, box), yOf(given[at], scale, box), 3, 0, 2 * Math.PI);
      context.fill();
    });
    context.restore();
    this.plot.axes(context, scale, scale, [t('truth'), t('answered')]);
  }
}
