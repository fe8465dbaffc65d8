// What every kind of page is given, and the parts that they share.

import {type Card} from './card';
import {h} from './dom';
import {type Network} from './network';
import {t, type Phrase} from './text';

export interface View {
  card: Card;
  network: Network;
  parts: Record<string, Network>;
  place: HTMLElement; // where the page goes
  words: string[]; // of a network of words or texts, by its id
}

export function panel(title: Phrase, ...children: (Node | string | null | false | '')[]): HTMLElement {
  return h('section', {class: 'panel'}, h('h2', {}, t(title)), ...children);
}

/** A place for answers, which a screen reader reads out when they change. */
export function answerPlace(): HTMLElement {
  return h('div', {class: 'answer', 'aria-live': 'polite', 'data-answer': ''});
}
