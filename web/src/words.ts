// Word vectors: the nearest words, and analogies.

import {showPositive} from './bars';
import {h, labeled, latest, pause} from './dom';
import {t} from './text';
import {answerPlace, panel, type View} from './view';

const SHOWN = 10;
const AT_ONCE = 1024;

export async function showWords({network, place, words}: View): Promise<void> {
  const ids = new Map(words.map((word, index) => [word, index]));
  const waiting = h('p', {class: 'soft', role: 'status'}, t('readingWords'));
  place.append(waiting);
  const vectors = await readVectors();
  waiting.remove();
  const size = network.outputs;

  /** Vectors of length 1, so that a product is a cosine. */
  async function readVectors(): Promise<Float32Array> {
    const all = new Float32Array(words.length * network.outputs);
    for (let at = 0; at < words.length; at += AT_ONCE) {
      const some = Int32Array.from({length: Math.min(AT_ONCE, words.length - at)}, (_, index) => at + index);
      const given = await network.run(some);
      for (let row = 0; row < some.length; row++) unit(given.subarray(row * network.outputs, (row + 1) * network.outputs));
      all.set(given, at * network.outputs);
      await pause();
    }
    return all;
  }

  const vectorOf = (id: number): Float32Array => vectors.subarray(id * size, (id + 1) * size);

  function nearest(to: Float32Array, but: number[]): HTMLElement {
    const scores = words.map((_, id) => dot(to, vectorOf(id)));
    const order = Array.from(scores.keys()).filter((id) => !but.includes(id)).sort((one, other) => scores[other] - scores[one]).slice(0, SHOWN);
    return showPositive(order.map((id) => words[id]), order.map((id) => scores[id]), 1);
  }

  /** Fills an answer from the words of some inputs, if all of them are known. */
  function ask(inputs: HTMLInputElement[], answer: HTMLElement, show: (found: number[]) => (Node | string)[]): () => void {
    return latest(async () => {
      const asked = inputs.map((input) => input.value.trim().toLowerCase());
      const lacking = asked.find((word) => !ids.has(word));
      answer.replaceChildren(...(lacking === undefined ? show(asked.map((word) => ids.get(word)!)) : [t('noWord', lacking || '""')]));
    });
  }

  const examples = ['man', 'woman', 'king'].every((word) => ids.has(word)) ? ['king', 'man', 'woman', 'king'] : words.slice(0, 4);
  const [one, ...three] = examples.map((word) => {
    const input = h('input', {autocapitalize: 'off', spellcheck: 'false'});
    input.value = word;
    return input;
  });
  const near = answerPlace();
  const like = h('div', {'aria-live': 'polite', 'data-analogy': ''});
  const askNear = ask([one], near, ([id]) => [nearest(vectorOf(id), [id])]);
  const askLike = ask(three, like, ([a, b, c]) => {
    const to = vectorOf(b).map((value, index) => value - vectorOf(a)[index] + vectorOf(c)[index]);
    return [h('p', {}, t('analogy', words[a], words[b], words[c])), nearest(unit(to), [a, b, c])];
  });
  one.addEventListener('input', askNear);
  for (const input of three) input.addEventListener('input', askLike);
  place.classList.add('two');
  place.append(
    panel('nearest', labeled(t('word'), one), near),
    panel('analogies', h('div', {class: 'fields'}, ...(['first', 'second', 'third'] as const).map((name, index) => labeled(t(name), three[index]))), like),
  );
  askNear();
  askLike();
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at] * other[at];
  return sum;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  for (let at = 0; at < vector.length; at++) vector[at] /= length;
  return vector;
}
