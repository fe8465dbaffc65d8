// A network that reads a text and writes another: what it writes, and what it looks at meanwhile.

import {h, labeled, latest, percent} from './dom';
import {t} from './text';
import {answerPlace, panel, type View} from './view';

// Ids, as in kerazoo/datasets/reading/characters.py.
const [NOTHING, BEGINNING, UNKNOWN, FIRST_CHARACTER] = [0, 1, 2, 3];

interface Written {
  text: string;
  probability: number;
  weights: Float32Array[]; // of each character that is written, for each that was read
}

export function showPairs({card, network, place}: View): void {
  const {characters, read, written} = card.pairs!;
  const ids = new Map(characters.map((sign, index) => [sign, index + FIRST_CHARACTER]));
  const answer = answerPlace();
  const attention = h('div', {'data-attention': ''});
  const note = h('p', {class: 'soft', role: 'status'});
  const problem = h('p', {class: 'wrong', role: 'alert', 'data-problem': ''});
  const input = h('input', {autocapitalize: 'off', autocomplete: 'off', spellcheck: 'false', input: () => ask()});
  let shown = -1;

  const ask = latest(async (isStale) => {
    const signs = Array.from(clean(input.value));
    const unknown = [...new Set(signs.filter((sign) => !ids.has(sign)))];
    problem.textContent = whyNot(signs);
    note.textContent = unknown.length && !problem.textContent ? t('unknownCharacters', unknown.join(' ')) : '';
    if (problem.textContent) {
      answer.replaceChildren();
      attention.replaceChildren();
      return;
    }
    const found = await write(signs);
    if (isStale()) return;
    answer.replaceChildren(h('p', {class: 'result'}, found.text || t('nothingWritten')), h('p', {class: 'set'}, t('sureOf', percent(found.probability))));
    attention.replaceChildren(found.weights.length ? draw(signs, found) : h('p', {class: 'soft'}, t('noAttention')));
  });

  function whyNot(signs: string[]): string {
    if (!signs.length) return t('writeText');
    if (signs.length > read) return t('tooLong', signs.length, read);
    return signs.some((sign) => sign.trim() && ids.has(sign)) ? '' : t('noCharacters');
  }

  /** Writes a character at a time: each is the likeliest after those before it. */
  async function write(signs: string[]): Promise<Written> {
    const row = new Int32Array(read + written);
    row.set(signs.map((sign) => ids.get(sign) ?? UNKNOWN));
    row[read] = BEGINNING;
    const size = network.outputs / written; // a network may be built for more characters than there are
    const found: number[] = [];
    let probability = 1;
    for (let step = 0; step < written; step++) {
      const chances = (await network.run(row)).subarray(step * size, step * size + FIRST_CHARACTER + characters.length);
      chances[BEGINNING] = chances[UNKNOWN] = 0; // which are never meant
      const best = chances.indexOf(Math.max(...chances));
      probability *= chances[best];
      if (best === NOTHING) break;
      found.push(best);
      if (step + 1 < written) row[read + step + 1] = best;
    }
    const text = found.map((id) => characters[id - FIRST_CHARACTER]).join('');
    return {text, probability, weights: found.length ? await weightsOf(row, found.length) : []};
  }

  /** What is looked at, of several heads their mean. */
  async function weightsOf(row: Int32Array, count: number): Promise<Float32Array[]> {
    const [inner] = network.card.inner;
    if (!inner) return [];
    const {inner: [all]} = await network.look(row);
    const heads = inner.shape.length === 3 ? inner.shape[0] : 1;
    return Array.from({length: count}, (_, step) => {
      const mean = new Float32Array(read);
      for (let head = 0; head < heads; head++) {
        for (let at = 0; at < read; at++) mean[at] += all[(head * written + step) * read + at] / heads;
      }
      return mean;
    });
  }

  function another(): void {
    shown = (shown + 1) % network.probeRows;
    const row = Array.from(network.probeRow(shown)).slice(0, read);
    input.value = row.filter((id) => id !== NOTHING).map((id) => characters[id - FIRST_CHARACTER] ?? '\ufffd').join('');
    ask();
  }

  place.append(
    panel('text', labeled(t('reads'), input), note, problem, h('p', {}, h('button', {type: 'button', class: 'quiet', 'data-example': '', click: another}, t('example')))),
    panel('writes', answer),
    panel('attention', h('p', {class: 'soft'}, t('attentionOf')), attention),
  );
  another();
}

/** Composed letters, one blank between two words: as `kerazoo._wording.clean_name`. */
function clean(text: string): string {
  return text.normalize('NFC').replace(/[\u200b\u2060\ufeff]/g, '').split(/[\s\x1c-\x1f\x85]+/).filter(Boolean).join(' ');
}

/** A table of what was written, below what was read; the stronger its color, the more it was looked at. */
function draw(signs: string[], {text, weights}: Written): HTMLElement {
  const heads = signs.map((sign) => h('th', {scope: 'col'}, sign.trim() ? sign : '␣'));
  const rows = Array.from(text, (sign, step) =>
    h('tr', {}, h('th', {scope: 'row'}, sign), ...signs.map((_, at) => cell(weights[step][at]))),
  );
  const table = h('table', {class: 'attention'}, h('thead', {}, h('tr', {}, h('td', {}), ...heads)), h('tbody', {}, ...rows));
  return h('div', {class: 'wide', tabindex: 0, role: 'region', 'aria-label': t('attention')}, table);
}

function cell(weight: number): HTMLElement {
  const said = percent(weight);
  return h('td', {title: said, style: `--share: ${(100 * weight).toFixed(1)}%`, 'data-value': weight}, h('span', {class: 'hidden'}, said));
}
