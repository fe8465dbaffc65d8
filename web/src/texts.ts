// A network that classifies texts: write, and see which words count.

import {CoverageChoice, showClasses, showSigned} from './bars';
import {h, labeled, latest, pause} from './dom';
import {Encoder, FIRST_WORD, splitWords, UNKNOWN} from './encoding';
import {t} from './text';
import {probabilitiesOf} from './trust';
import {answerPlace, panel, type View} from './view';

const SAMPLE = 'One of the best films of the year: a wonderful story, and the acting is great. Only the end is a bit too long.';
const MOST_WORDS = 60; // that are left out, one after the other
const SHOWN_UNKNOWN = 10;

export function showTexts({card, network, place, words}: View): void {
  const encoder = new Encoder(card.text!, words);
  const answer = answerPlace();
  const why = h('div', {'data-why': ''});
  const note = h('p', {class: 'soft', role: 'status'});
  const coverage = new CoverageChoice(card, () => ask());
  const area = h('textarea', {rows: 6, input: () => ask()});

  const ask = latest(async (isStale) => {
    const row = encoder.row(area.value);
    const unknown = [...new Set(splitWords(area.value))].filter((word) => encoder.idOf(word) === UNKNOWN);
    note.textContent = unknown.length ? t('unknownWords', unknown.slice(0, SHOWN_UNKNOWN).join(', ')) : '';
    const ids = [...new Set(row)].filter((id) => id >= FIRST_WORD).slice(0, MOST_WORDS);
    if (!ids.length) {
      answer.replaceChildren(h('p', {}, t('noWords', words.length)));
      why.replaceChildren();
      return;
    }
    const probabilities = probabilitiesOf(card, await network.run(row));
    if (isStale()) return;
    answer.replaceChildren(showClasses(card, probabilities, coverage.value));
    const best = probabilities.indexOf(Math.max(...probabilities));
    const lost: number[] = [];
    for (const id of ids) {
      const given = probabilitiesOf(card, await network.run(encoder.without(row, id)));
      lost.push(probabilities[best] - given[best]);
      if (lost.length % 8 === 0) await pause();
      if (isStale()) return;
    }
    why.replaceChildren(showSigned(ids.map((id) => words[id - FIRST_WORD]), lost, t('leftOut', card.classes[best])));
  });

  // The rows of a saved text network are ids; one that knows films has a sentence to begin with.
  const saved = [...network.probeRow(0)].filter((id) => id >= FIRST_WORD).map((id) => words[id - FIRST_WORD]);
  area.value = words.includes('film') ? SAMPLE : saved.join(' ');
  place.classList.add('two');
  place.append(panel('input', labeled(t('text'), area), note), panel('answer', answer, coverage.element), panel('why', why));
  ask();
}
