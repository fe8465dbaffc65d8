// Any other network: what it takes and gives, and the rows that were saved with it.

import {decode, type Numbers, rowOf, sizeOf} from './card';
import {h, short} from './dom';
import {t} from './text';
import {panel, type View} from './view';

const MOST_NUMBERS = 6;
const MOST_ROWS = 8;

export async function showPlain({card, network, place}: View): Promise<void> {
  const {input, output, probe} = card.network;
  const given = decode(probe.inputs);
  const saved = decode(probe.outputs);
  const answers = await network.run(given);
  const rows = Array.from({length: Math.min(MOST_ROWS, network.probeRows)}, (_, index) =>
    h(
      'tr',
      {},
      h('th', {scope: 'row'}, t('rowNumber', index + 1)),
      h('td', {}, some(rowOf(given, sizeOf(input.shape), index))),
      h('td', {}, some(rowOf(answers, network.outputs, index))),
      h('td', {}, some(rowOf(saved, network.outputs, index))),
    ),
  );
  const heads = ['', t('given'), t('answered'), t('saved')].map((text) => h('th', {scope: 'col'}, text));
  place.append(
    panel(
      'answer',
      h('p', {}, t('takes', input.dtype, input.shape.join(', '), output.dtype, output.shape.join(', '))),
      h('p', {class: 'soft'}, t('plain')),
      h('div', {class: 'wide', 'data-answer': ''}, h('table', {class: 'grid'}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows))),
    ),
  );
}

/** The first few numbers of a row; of texts, those that are words. */
function some(values: Numbers): string {
  const shown = Array.from(values.slice(0, MOST_NUMBERS), short).join(', ');
  return values.length > MOST_NUMBERS ? `${shown}, ... (${values.length})` : shown;
}
