// A network that tells which word comes next: choose one, or let it write.

import {showPositive} from './bars';
import {h, labeled, latest} from './dom';
import {Encoder, FIRST_WORD} from './encoding';
import {t} from './text';
import {answerPlace, panel, type View} from './view';

const SHOWN = 10;
const WRITTEN = 20;

export function showLanguage({card, network, place, words}: View): void {
  const encoder = new Encoder(card.text!, words);
  const answer = answerPlace();
  const area = h('textarea', {rows: 4, input: () => ask()});
  area.value = 'this is one of the';

  /** How probable each word is after what is written, without what is no word. */
  async function next(): Promise<Float32Array> {
    const given = await network.run(encoder.row(area.value));
    return given.subarray(FIRST_WORD, FIRST_WORD + words.length);
  }

  function append(word: string): void {
    area.value = `${area.value.trimEnd()} ${word}`.trimStart();
  }

  const ask = latest(async (isStale) => {
    const probabilities = await next();
    if (isStale()) return;
    const order = Array.from(probabilities.keys()).sort((one, other) => probabilities[other] - probabilities[one]).slice(0, SHOWN);
    const buttons = order.map((id) =>
      h('button', {type: 'button', class: 'word', click: () => (append(words[id]), ask())}, words[id]),
    );
    answer.replaceChildren(showPositive(buttons, order.map((id) => probabilities[id]), probabilities[order[0]]));
  });

  async function write(): Promise<void> {
    for (let count = 0; count < WRITTEN; count++) {
      const probabilities = await next();
      let left = Math.random() * probabilities.reduce((sum, one) => sum + one, 0);
      const id = probabilities.findIndex((one) => (left -= one) <= 0);
      append(words[Math.max(0, id)]);
    }
    ask();
  }

  place.classList.add('two');
  place.append(
    panel('input', labeled(t('begins'), area), h('p', {}, h('button', {type: 'button', 'data-write': '', click: () => void write()}, t('write')))),
    panel('nextWords', h('p', {class: 'soft'}, t('appended')), answer),
  );
  ask();
}
