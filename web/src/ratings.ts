// A network that knows who likes what: the best items for a user, and any one rating.

import {showNumber, showPositive, CoverageChoice} from './bars';
import {h, labeled, latest} from './dom';
import {t} from './text';
import {answerPlace, panel, type View} from './view';

const SHOWN = 10;

export function showRatings({card, network, place}: View): void {
  const {users, items, titles, scale, columns} = card.ratings!;
  const names = titles.length === items.length ? titles : items;
  const [user, item] = [choice('users', users), choice('items', names)];
  const answer = answerPlace();
  const best = h('div', {'aria-live': 'polite', 'data-best': ''});
  const caption = h('p', {class: 'soft'});
  const coverage = new CoverageChoice(card, () => ask());

  function choice(id: string, all: string[]): {field: HTMLInputElement; list: HTMLElement} {
    const list = h('datalist', {id}, ...all.map((name) => h('option', {value: name})));
    const field = h('input', {list: id, autocomplete: 'off', input: () => ask()});
    field.value = all[0];
    return {field, list};
  }

  const ask = latest(async (isStale) => {
    const [who, what] = [users.indexOf(user.field.value), names.indexOf(item.field.value)];
    const lacking = who < 0 ? user.field.value : what < 0 ? item.field.value : null;
    if (lacking !== null) {
      answer.replaceChildren(h('p', {}, t('unknownName', lacking || '""')));
      return;
    }
    // Ids begin with 1; a row is a user and an item.
    const rows = Int32Array.from({length: 2 * items.length}, (_, at) => (at % 2 ? (at + 1) / 2 : who + 1));
    const ratings = await network.run(rows);
    if (isStale()) return;
    answer.replaceChildren(showNumber(card, ratings[what], coverage.value));
    const order = Array.from(ratings.keys()).sort((one, other) => ratings[other] - ratings[one]).slice(0, SHOWN);
    caption.textContent = t('best', users[who]);
    best.replaceChildren(showPositive(order.map((id) => names[id]), order.map((id) => ratings[id]), scale[1]));
  });

  place.classList.add('two');
  place.append(
    panel('input', labeled(columns[0], user.field), user.list, labeled(columns[1], item.field), item.list),
    panel('answer', answer, coverage.element),
    panel('nextItems', caption, best),
  );
  ask();
}
