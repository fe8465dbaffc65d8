// Texts as rows of ids, as kerazoo.datasets.reading.texts makes them.

import type {Card} from './card';

export const BEGINNING = 1;
export const UNKNOWN = 2;
export const FIRST_WORD = 3;

const RUN = "[\\p{L}\\p{N}_]+(?:\\p{M}+[\\p{L}\\p{N}_]*)*";
const WORD = new RegExp(`${RUN}(?:[\\u200c\\u200d'\\u2019\\u05f4]+${RUN})*`, 'gu');

/** The words of a text, in lower case. */
export function splitWords(text: string): string[] {
  const plain = text.replaceAll('<br />', ' ').toLowerCase().replaceAll('\u00ad', '').normalize('NFC');
  return plain.match(WORD) ?? [];
}

export class Encoder {
  private readonly ids: Map<string, number>;

  constructor(
    private readonly about: NonNullable<Card['text']>,
    words: string[],
  ) {
    this.ids = new Map(words.map((word, index) => [word, index + FIRST_WORD]));
  }

  idOf(word: string): number {
    return this.ids.get(word) ?? UNKNOWN;
  }

  row(text: string): Int32Array {
    const {length, keep} = this.about;
    const row = new Int32Array(length);
    let ids = [BEGINNING, ...splitWords(text).map((word) => this.idOf(word))];
    if (keep === 'once') {
      ids = [...new Set(ids)].sort((one, other) => one - other).slice(0, length); // the most frequent
      row.set(ids);
    } else {
      ids = keep === 'last' ? ids.slice(-length) : ids.slice(0, length);
      row.set(ids, length - ids.length);
    }
    return row;
  }

  /** A row without one of its ids; what is filled up stands where it always does. */
  without(row: Int32Array, id: number): Int32Array {
    const rest = row.filter((one) => one !== id);
    const shorter = new Int32Array(row.length);
    shorter.set(rest, this.about.keep === 'once' ? 0 : row.length - rest.length);
    return shorter;
  }
}
