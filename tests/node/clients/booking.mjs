// What a client does with the `booking` server, whichever client library drives it: it answers what it is asked.
//
// `peer` is the thin layer over one library:
//   client      its Client, not yet connected
//   transport   its transport, not yet started
//   answering   (handler) => void: `handler` answers elicitation/create
//   call        (name, args) => CallToolResult
//   fleet       the servers behind the transport: see `fleet`
import assert from 'node:assert/strict';
import { finish, step } from './harness.mjs';

const CHRISTMAS_EVE = { date: '2026-12-24', party_size: 4 };
const NO_TABLE = 'No table for 4 on 2026-12-24. Another date?';
const YES = { action: 'accept', content: {} };

export async function book({ client, transport, answering, call, fleet }) {
  let answers = [];
  let asked = [];
  answering(({ params }) => {
    asked.push(params);
    return answers.shift() ?? { action: 'cancel' };
  });

  /** Books with these answers. Gives the text of the result. */
  async function booked(args, ...prepared) {
    answers = prepared;
    asked = [];
    fleet.calls = [];
    const result = await call('book_table', args);
    assert(!result.isError, JSON.stringify(result.content));
    assert.equal(answers.length, 0, 'not all is asked');
    return result.content[0].text;
  }

  async function ledgers() {
    const found = [];
    for (const server of fleet.servers) {
      fleet.pinned = server;
      found.push((await call('list_bookings', {})).structuredContent);
    }
    fleet.pinned = undefined;
    return { bookings: found.flatMap((ledger) => ledger.bookings), deposits: found.flatMap((ledger) => ledger.deposits) };
  }

  const connected = await step('connect', () => client.connect(transport));
  if (!connected) return finish();

  await step('no', async () => {
    assert.equal(await booked(CHRISTMAS_EVE, { action: 'decline' }), 'nothing is booked');
    assert.equal(await booked(CHRISTMAS_EVE, { action: 'cancel' }), 'nothing is booked');
    assert.equal(await booked({ ...CHRISTMAS_EVE, date: '2026-12-25' }, { action: 'decline' }), 'nothing is booked');
    assert.deepEqual(await ledgers(), { bookings: [], deposits: [] });
  });

  await step('another date', async () => {
    const wish = { check_alternative: true, alternative_date: '2026-12-27', seating: 'outside' };
    const text = await booked(CHRISTMAS_EVE, { action: 'accept', content: wish }, YES, YES);
    assert.equal(text, 'a table for 4 is booked on 2026-12-27, with a reminder');
    const messages = asked.map(({ message }) => message);
    assert.deepEqual(messages, [NO_TABLE, 'Pay a deposit of $40 for 2026-12-27?', 'Booked. Remind you the day before?']);

    const { properties, required } = asked[0].requestedSchema;
    assert.equal(properties.check_alternative.type, 'boolean');
    assert.equal(properties.alternative_date.default, '2026-12-26');
    assert.deepEqual(properties.seating.oneOf.map((option) => option.const), ['inside', 'outside']);
    assert.deepEqual(required, ['check_alternative', 'seating']);

    if (fleet.servers.length > 1) {
      assert.equal(fleet.calls.length, 4, 'a round for each question, and one for the result');
      fleet.calls.reduce((last, next) => (assert.notEqual(last, next, 'two rounds at one server'), next));
    }
  });

  await step('booked and charged once', async () => {
    const booking = { date: '2026-12-27', party_size: 4, seating: 'outside' };
    assert.deepEqual(await ledgers(), { bookings: [booking], deposits: [40] });
  });

  await step('close', () => client.close());
  finish();
}

/** The servers behind one endpoint. Through its `fetch` they take requests in turn, as behind a load balancer. */
export function fleet(...servers) {
  let turn = 0;
  const fleet = {
    servers,
    /** The server that takes all requests, if there is one. */
    pinned: undefined,
    /** Which servers have got tool calls, in their order. */
    calls: [],
    fetch(_, init) {
      const server = fleet.pinned ?? servers[turn++ % servers.length];
      if (init?.body && JSON.parse(init.body).method === 'tools/call') fleet.calls.push(server);
      return fetch(server, init);
    },
  };
  return fleet;
}
