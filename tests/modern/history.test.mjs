// History in pages, over servers that page by (time, uid) and servers that know times alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkedHistory, historyPage, later } from '../../pkg-template/history.js';

const message = (sentTime, messageUId) => ({ sentTime, messageUId });
const key = ({ sentTime, messageUId }) => `${sentTime}/${messageUId}`;

/** What the core asks of a server with the extensions: strictly beyond (time, uid). */
function exact(rows) {
  return async (up, sentTime, messageUId, count) => {
    const place = message(sentTime, messageUId);
    const isBeyond = (row) => {
      if (sentTime === 0) return true;
      if (messageUId === '') return up ? row.sentTime > sentTime : row.sentTime < sentTime;
      return up ? later(row, place) > 0 : later(row, place) < 0;
    };
    return cut(up, rows.filter(isBeyond), count);
  };
}

/** The same of another server: with a uid, everything of that time too, in an order of its own. */
function timed(rows) {
  return async (up, sentTime, messageUId, count) => {
    const edge = messageUId === '' ? 0 : 1;
    const isBeyond = (row) => sentTime === 0 || (up ? row.sentTime > sentTime - edge : row.sentTime < sentTime + edge);
    return cut(up, rows.filter(isBeyond), count);
  };
}

function cut(up, rows, count) {
  const page = up ? rows.slice(0, count) : rows.slice(-count);
  return { messages: [...page].sort(later), hasMore: page.length < rows.length };
}

async function readAll(ask, way, count) {
  let place = way === 'after' ? 0 : undefined;
  const pages = [];
  for (;;) {
    const page = await historyPage(ask, checkedHistory({ [way]: place, count }));
    assert.ok(page.messages.length <= count);
    pages.push(page.messages);
    if (!page.hasMore || pages.length > 2_000) break;
    place = page.next;
  }
  return (way === 'after' ? pages : pages.reverse()).flat();
}

describe('a page border at each position among equal times', () => {
  const shuffled = (count) => Array.from({ length: count }, (_, index) => String((index * 7919) % count).padStart(3, '0'));

  for (const [what, server, equal, counts] of [
    ['500 messages of one time, by (time, uid)', exact, 500, [1, 2, 7, 20, 99, 100]],
    ['60 messages of one time, by time alone', timed, 60, [1, 2, 7, 20, 59, 60, 61, 100]],
  ]) {
    test(what, async () => {
      const rows = [message(4, 'a'), ...shuffled(equal).map((uid) => message(5, uid)), message(6, 'a'), message(7, 'b')];
      const expected = [...rows].sort(later).map(key);
      if (server === exact) rows.sort(later);
      for (const way of ['before', 'after']) {
        for (const count of counts) {
          const read = (await readAll(server(rows), way, count)).map(key);
          assert.equal(new Set(read).size, read.length, `${way} ${count}: none twice`);
          assert.deepEqual([...read].sort(), [...expected].sort(), `${way} ${count}: none missing`);
        }
      }
    });
  }

  test('every offset of the border', async () => {
    for (let before = 0; before < 8; before += 1) {
      const rows = [...Array.from({ length: before }, (_, index) => message(1 + index, `x${index}`)), ...shuffled(9).map((uid) => message(50, uid)), message(60, 'x')];
      for (const way of ['before', 'after']) {
        const read = (await readAll(timed(rows), way, 4)).map(key);
        assert.deepEqual([...read].sort(), rows.map(key).sort(), `${way} ${before}`);
      }
    }
  });
});

test('more of one time than the largest page: what comes before it is reached all the same', async () => {
  const rows = [message(4, 'a'), ...Array.from({ length: 150 }, (_, index) => message(5, String(index))), message(6, 'b')];
  const read = await readAll(timed(rows), 'before', 20);
  assert.ok(read.map(key).includes('4/a'));
  assert.equal(new Set(read.map(key)).size, read.length);
});

test('a server that always says more and gives nothing ends a page', async () => {
  let asked = 0;
  const ask = async () => ({ messages: [], hasMore: (asked += 1) < 50 });
  const page = await historyPage(ask, checkedHistory({ before: message(5, 'a'), count: 20 }));
  assert.deepEqual(page.messages, []);
  assert.ok(asked <= 5);
});

test('what is no page is refused', () => {
  for (const query of [
    { count: 0 }, { count: -1 }, { count: 2 ** 31 }, { count: 1.5 }, { count: '5' }, { count: 101 },
    { before: 1, after: 1 }, { before: -1 }, { before: 'now' }, { before: NaN }, { after: null, before: {} },
    { before: { sentTime: 5, messageUId: 7 } },
  ]) {
    assert.throws(() => checkedHistory(query), { code: -3 }, JSON.stringify(query));
  }
  assert.deepEqual(checkedHistory(), { up: false, place: { sentTime: 0, messageUId: '', known: [] }, count: 20 });
});
