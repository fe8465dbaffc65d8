// A network that forecasts: the last rows, which can be moved, and what may come after them.

import {decode} from './card';
import {h, latest, short, svg} from './dom';
import {t} from './text';
import {answerPlace, panel, type View} from './view';

const WIDTH = 640;
const HEIGHT = 280;
const EDGE = 36;
const FANS = [0.9, 0.5]; // shares of what may come
const NORMAL: Record<number, number> = {0.9: 1.6448536, 0.5: 0.6744898}; // half-widths in deviations

interface Ahead {
  value: number;
  bands: [number, number][]; // one per fan
}

export function showSeries({card, network, place}: View): void {
  const series = card.series!;
  const width = series.features.length;
  const values = new Float32Array(series.lag * width);
  const answer = answerPlace();
  const chart = h('div', {class: 'wide', 'data-chart': ''});
  const inputs = makeInputs();
  let shown = -1;

  const ask = latest(async () => {
    const ahead = readAhead(await network.run(values));
    chart.replaceChildren(draw(ahead));
    answer.replaceChildren(
      h('p', {class: 'result'}, `${t('forecast', card.target)}: ${short(ahead[0].value)}`),
      ...ahead.map(({value, bands}, row) =>
        bands.length ? h('p', {}, t('forecastRow', row + 1, short(value), short(bands[0][0]), short(bands[0][1]))) : h('p', {}, `${row + 1}: ${short(value)}`),
      ),
    );
  });

  /** What the outputs say: means and deviations, or numbers that residuals lie around. */
  function readAhead(outputs: Float32Array): Ahead[] {
    const isGaussian = card.network.output.shape.length === 2;
    const residuals = card.residuals && decode(card.residuals);
    return Array.from({length: series.horizon}, (_, row) => {
      if (isGaussian) {
        const [value, deviation] = [outputs[2 * row], outputs[2 * row + 1]];
        return {value, bands: FANS.map((share): [number, number] => [value - NORMAL[share] * deviation, value + NORMAL[share] * deviation])};
      }
      const value = outputs[row];
      if (!residuals) return {value, bands: []};
      const own = residuals.filter((_, at) => at % series.horizon === row).sort();
      return {value, bands: FANS.map((share): [number, number] => [value + quantile(own, (1 - share) / 2), value + quantile(own, (1 + share) / 2)])};
    });
  }

  function set(row: number, column: number, value: number): void {
    values[row * width + column] = value;
    ask();
  }

  function makeInputs(): HTMLInputElement[] {
    return Array.from(values, (_, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const label = `${series.features[column]}, ${t('stepsBefore', series.lag - row)}`;
      if (column >= series.columns && series.features[column].includes('_is_')) {
        const box: HTMLInputElement = h('input', {type: 'checkbox', 'aria-label': label, change: () => set(row, column, box.checked ? 1 : 0)});
        return box;
      }
      const input: HTMLInputElement = h('input', {
        type: 'number',
        step: 'any',
        'aria-label': label,
        input: () => input.value !== '' && set(row, column, Number(input.value)),
      });
      return input;
    });
  }

  function showValue(at: number): void {
    if (inputs[at].type === 'checkbox') inputs[at].checked = values[at] > 0.5;
    else inputs[at].value = String(Number(values[at].toPrecision(5)));
  }

  function another(): void {
    shown = (shown + 1) % network.probeRows;
    values.set(network.probeRow(shown));
    values.forEach((_, at) => showValue(at));
    ask();
  }

  function draw(ahead: Ahead[]): SVGSVGElement {
    const past = Array.from({length: series.lag}, (_, row) => values[row * width + series.target]);
    const all = [...past, ...ahead.flatMap(({value, bands}) => [value, ...bands.flat()])];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const margin = (high - low || 1) * 0.25;
    const count = series.lag + series.horizon;
    const x = (step: number): number => EDGE + ((WIDTH - 2 * EDGE) * step) / Math.max(1, count - 1);
    const y = (value: number): number => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low + margin)) / (high - low + 2 * margin || 1);
    const valueAt = (height: number): number => low - margin + ((HEIGHT - EDGE - height) * (high - low + 2 * margin)) / (HEIGHT - 2 * EDGE);
    const picture = svg('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': t('forecast', card.target)});
    for (const value of [low, high]) {
      picture.append(svg('text', {x: 2, y: y(value), class: 'tick'}, short(value)), svg('line', {x1: EDGE, x2: WIDTH - EDGE, y1: y(value), y2: y(value), class: 'rule'}));
    }
    const last = past[series.lag - 1];
    FANS.forEach((_, fan) => {
      if (!ahead[0].bands.length) return;
      const upper = ahead.map(({bands}, row) => `${x(series.lag + row)},${y(bands[fan][1])}`);
      const lower = ahead.map(({bands}, row) => `${x(series.lag + row)},${y(bands[fan][0])}`).reverse();
      picture.append(svg('polygon', {class: 'fan', points: [`${x(series.lag - 1)},${y(last)}`, ...upper, ...lower].join(' ')}));
    });
    const pointsOf = (numbers: number[], from: number): string => numbers.map((value, step) => `${x(from + step)},${y(value)}`).join(' ');
    picture.append(svg('polyline', {class: 'past', points: pointsOf(past, 0)}));
    picture.append(svg('polyline', {class: 'ahead', points: pointsOf([last, ...ahead.map(({value}) => value)], series.lag - 1)}));
    for (const [row, {value}] of ahead.entries()) picture.append(svg('circle', {class: 'ahead', cx: x(series.lag + row), cy: y(value), r: 5}));
    past.forEach((value, row) => picture.append(point(picture, row, value, x(row), y(value), valueAt, (high - low || 1) / 20)));
    return picture;
  }

  /** A value of the past, to be dragged, or moved with the arrow keys. */
  function point(picture: SVGSVGElement, row: number, value: number, cx: number, cy: number, valueAt: (height: number) => number, step: number): SVGElement {
    const at = row * width + series.target;
    const move = (to: number): void => {
      values[at] = to;
      showValue(at);
      ask();
    };
    const circle = svg('circle', {
      class: 'point', cx, cy, r: 9, tabindex: 0, role: 'slider', 'data-point': row,
      'aria-label': `${card.target}, ${t('stepsBefore', series.lag - row)}`,
      'aria-valuenow': short(value), 'aria-valuetext': short(value),
    });
    circle.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const box = picture.getBoundingClientRect(); // the scale of the moment it was taken
      const drag = (moved: PointerEvent): void => move(valueAt(((moved.clientY - box.top) / box.height) * HEIGHT));
      const stop = (): void => {
        removeEventListener('pointermove', drag);
        removeEventListener('pointerup', stop);
        removeEventListener('pointercancel', stop);
      };
      addEventListener('pointermove', drag);
      addEventListener('pointerup', stop);
      addEventListener('pointercancel', stop);
    });
    circle.addEventListener('keydown', (event) => {
      const sign = {ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1}[event.key];
      if (!sign) return;
      event.preventDefault();
      move(value + sign * step);
      // The picture is drawn anew; whoever moves the point keeps it.
      requestAnimationFrame(() => setTimeout(() => chart.querySelector<SVGElement>(`[data-point="${row}"]`)?.focus(), 30));
    });
    return circle;
  }

  const heads = ['', ...series.features].map((name) => h('th', {scope: 'col'}, name));
  const lines = Array.from({length: series.lag}, (_, row) =>
    h('tr', {}, h('th', {scope: 'row'}, t('stepsBefore', series.lag - row)), ...series.features.map((_, column) => h('td', {}, inputs[row * width + column]))),
  );
  place.append(
    panel('answer', chart, h('p', {class: 'soft'}, card.residuals || card.network.output.shape.length === 2 ? t('fan') : t('noResiduals')), answer),
    panel(
      'window',
      h('p', {}, h('button', {type: 'button', class: 'quiet', 'data-example': '', click: another}, t('example'))),
      series.isScaled && h('p', {class: 'soft'}, t('ownUnits')),
      h('div', {class: 'wide'}, h('table', {class: 'grid'}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines))),
    ),
  );
  another();
}

/** Linear between the values, as NumPy's. */
function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
