// What a client does with the `notes` server, step by step, whichever client library drives it.
//
// `peer` is the thin layer over one library:
//   client            its Client, not yet connected
//   transport         its transport, not yet started
//   revision          the protocol revision to be negotiated
//   negotiated        () => the one that was
//   resourceNotFound  the code that it reports for a missing resource
//   fresh             options of a read that must not be answered from a cache
//   call              (name, args, options) => CallToolResult
//   resources         (cursor) => one page of resources/list
//   notified          (method, handler) => void
//   subscribe         (uri) => { close }: updates of one resource, and changes of the resource list
import assert from 'node:assert/strict';
import { finish, protocolError, sleep, step, until } from './harness.mjs';

const INVALID_PARAMS = -32602;
const NO_SUCH_NOTE = 'notes://987654321';

export async function exercise(peer, { stdio, http }) {
  const { client, transport, call } = peer;
  // Runs share a server and its database: words of this run keep their notes apart.
  const run = `run${Date.now().toString(36)}`;
  const word = (name) => `${run}${name}`;
  const notes = (count, name) => Array.from({ length: count }, (_, i) => ({ title: `${word(name)} ${i}`, body: `Body ${i}.` }));
  const add = async (title, body = 'Body.') => (await call('add_note', { title, body })).structuredContent;
  const search = async (query, limit = 100) => listOf((await call('search_notes', { query, limit })).structuredContent);

  const updated = [];
  let listChanges = 0;
  peer.notified('notifications/resources/updated', ({ params }) => updated.push(params.uri));
  peer.notified('notifications/resources/list_changed', () => (listChanges += 1));

  // What a client cannot tie to a call: messages that it cannot read, answers that nobody waits for.
  const strays = [];
  client.onerror = (error) => strays.push(error.message);

  const connected = await step('connect', async () => {
    await client.connect(transport);
    assert.equal(peer.negotiated(), peer.revision);
    const { name, version } = client.getServerVersion();
    assert(name && version);
    return `${peer.revision}, ${name} ${version}`;
  });
  if (!connected) return finish();

  await step('capabilities', async () => {
    const capabilities = client.getServerCapabilities();
    for (const name of ['tools', 'resources', 'prompts', 'completions']) assert(capabilities[name], `${name} is not declared`);
    assert.equal(capabilities.resources.subscribe, true);
    assert.equal(capabilities.resources.listChanged, true);
  });

  await step('list tools', async () => {
    const { tools } = await client.listTools();
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    for (const name of ['add_note', 'search_notes', 'delete_note', 'import_notes']) {
      const tool = byName.get(name);
      assert(tool, `${name} is missing`);
      assert(tool.description, `${name} has no description`);
      assert.equal(tool.inputSchema.type, 'object');
    }
    assert.deepEqual([...byName.get('add_note').inputSchema.required].sort(), ['body', 'title']);
    assert(byName.get('add_note').outputSchema, 'add_note has no output schema');
    assert(byName.get('search_notes').outputSchema, 'search_notes has no output schema');
    return `${tools.length} tools`;
  });

  // The client checks structured content against the listed output schema before it hands a result over.
  let first;
  await step('structured output', async () => {
    const result = await call('add_note', { title: word('first'), body: 'Milk and ünïcödé ✓.', tags: ['shopping'] });
    assert(!result.isError, JSON.stringify(result.content));
    first = result.structuredContent;
    assert(first.id !== undefined);
    assert.equal(first.title, word('first'));
    const text = result.content.find((block) => block.type === 'text');
    assert.deepEqual(JSON.parse(text.text), first, 'the text is not the structured content');
  });

  await step('structured list', async () => {
    const second = await add(word('second'));
    assert.notEqual(second.id, first.id);
    const found = await search(word('first'));
    assert.deepEqual(found.map((note) => note.id), [first.id]);
    assert.deepEqual(await search(word('nothing')), []);
    await call('import_notes', { notes: notes(3, 'limited') });
    assert.equal((await search(word('limited'), 2)).length, 2);
  });

  await step('calls at the same time', async () => {
    const titles = Array.from({ length: 16 }, (_, i) => `${word('parallel')} ${i}`);
    const added = await Promise.all(titles.map((title) => add(title)));
    assert.deepEqual(added.map((note) => note.title), titles);
    assert.equal(new Set(added.map((note) => note.id)).size, titles.length);
  });

  await step('wrong arguments', async () => {
    const wrong = [{ title: 5, body: 'Body.' }, { title: word('no body') }, {}];
    for (const args of wrong) {
      const result = await call('add_note', args);
      assert.equal(result.isError, true, `${JSON.stringify(args)} was accepted`);
      assert.match(result.content[0].text, /title|body/, 'the message does not name the argument');
    }
  });

  await step('unknown tool', async () => {
    await protocolError(call('no_such_tool', {}), INVALID_PARAMS);
  });

  await step('read a fixed resource', async () => {
    const { contents } = await read('notes://all');
    assert.equal(contents[0].uri, 'notes://all');
    assert(contents[0].text.includes(word('first')));
  });

  await step('read through a template', async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    assert(resourceTemplates.some((template) => template.uriTemplate === 'notes://{id}'));
    const { contents } = await read(uriOf(first));
    assert.equal(contents.length, 1);
    assert.equal(contents[0].uri, uriOf(first));
    assert(contents[0].text.includes('ünïcödé ✓'));
  });

  await step('missing resource', async () => {
    for (const uri of [NO_SUCH_NOTE, 'nowhere://at/all']) {
      const error = await protocolError(read(uri), peer.resourceNotFound);
      // The URI and nothing else: that is how client 2.x tells it from other invalid parameters.
      assert.deepEqual(error.data, { uri });
    }
  });

  await step('pages of resources', async () => {
    await call('import_notes', { notes: notes(60, 'page') });
    const uris = [];
    let pages = 0;
    let cursor;
    do {
      const page = await peer.resources(cursor);
      uris.push(...page.resources.map((resource) => resource.uri));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined && pages < 1000);
    assert(pages > 1, 'everything came on one page');
    assert.equal(new Set(uris).size, uris.length, 'a resource came twice');
    assert(uris.includes('notes://all'));
    assert(uris.includes(uriOf(first)));
    await protocolError(peer.resources('not a cursor'), INVALID_PARAMS);
    return `${uris.length} resources on ${pages} pages`;
  });

  await step('prompt', async () => {
    const { prompts } = await client.listPrompts();
    const summarize = prompts.find((prompt) => prompt.name === 'summarize');
    assert.deepEqual(summarize.arguments.map(({ name, required = false }) => [name, required]), [['id', true], ['style', false]]);
    const { messages } = await client.getPrompt({ name: 'summarize', arguments: { id: String(first.id) } });
    assert(messages.length > 0);
    assert(JSON.stringify(messages).includes('ünïcödé'), 'the prompt does not hold the note');
    await protocolError(client.getPrompt({ name: 'summarize', arguments: {} }), INVALID_PARAMS);
    await protocolError(client.getPrompt({ name: 'no_such_prompt' }), INVALID_PARAMS);
  });

  await step('completion', async () => {
    const complete = async (value) => {
      const ref = { type: 'ref/prompt', name: 'summarize' };
      return (await client.complete({ ref, argument: { name: 'style', value } })).completion.values;
    };
    const all = await complete('');
    assert(all.length > 0);
    const prefix = all[0].slice(0, 2);
    assert.deepEqual(await complete(prefix), all.filter((style) => style.startsWith(prefix)));
    return all.join(', ');
  });

  await step('progress', async () => {
    const seen = [];
    const result = await call('import_notes', { notes: notes(5, 'progress'), delay_ms: 20 }, { onprogress: (progress) => seen.push(progress) });
    assert(!result.isError, JSON.stringify(result.content));
    // The pauses keep most notifications apart from the result; the last one may be lost with it.
    assert(seen.length >= 2, `${seen.length} notifications before the result`);
    for (let i = 1; i < seen.length; i += 1) assert(seen[i].progress > seen[i - 1].progress, 'progress does not grow');
    for (const { progress, total } of seen) assert(total === undefined || progress <= total, `${progress} of ${total}`);
    assert.equal((await search(word('progress'))).length, 5);
    return `${seen.length} notifications`;
  });

  await step('cancellation', async () => {
    const abort = new AbortController();
    const onprogress = () => abort.abort('no longer wanted');
    await assert.rejects(call('import_notes', { notes: notes(50, 'cancel'), delay_ms: 50 }, { onprogress, signal: abort.signal }));
    await sleep(200);
    const stored = (await search(word('cancel'))).length;
    assert(stored < 25, `${stored} of 50 notes are stored`);
    await sleep(300);
    assert.equal((await search(word('cancel'))).length, stored, 'the tool still runs');
    return `${stored} of 50 notes stored`;
  });

  await step('subscription', async () => {
    const all = await peer.subscribe('notes://all');
    const one = await peer.subscribe(uriOf(first));
    updated.length = 0;
    listChanges = 0;
    const added = await add(word('watched'));
    await until('an update of notes://all', () => updated.includes('notes://all'));
    await until('a change of the list', () => listChanges > 0);
    assert(!updated.includes(uriOf(first)), 'an update of a note that did not change');

    const deleted = await call('delete_note', { id: first.id });
    assert(!deleted.isError, JSON.stringify(deleted.content));
    await until('an update of the deleted note', () => updated.includes(uriOf(first)));
    await protocolError(read(uriOf(first)), peer.resourceNotFound);

    await all.close();
    await one.close();
    await sleep(200);
    updated.length = 0;
    await call('delete_note', { id: added.id });
    await sleep(300);
    assert.deepEqual(updated, [], 'an update after the end of the subscription');
  });

  await step('delete what is left', async () => {
    let left;
    while ((left = await search(run)).length > 0) {
      for (const note of left) assert(!(await call('delete_note', { id: note.id })).isError);
    }
    const again = await call('delete_note', { id: first.id });
    assert.equal(again.isError, true, 'a note was deleted twice');
  });

  await step('no stray message', async () => {
    // Both clients forget a call as soon as its result is there, and lose progress that was read along with it.
    const late = (message) => message.startsWith('Received a progress notification for an unknown token');
    assert.deepEqual(strays.filter((message) => !late(message)), []);
  });

  await step('clean close', async () => {
    const session = transport.sessionId;
    assert.equal(session !== undefined, http !== undefined && peer.revision === '2025-11-25', `session id: ${session}`);
    if (session) {
      await transport.terminateSession();
      const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-session-id': session };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
      const response = await fetch(http, { method: 'POST', headers, body });
      assert.equal(response.status, 404, 'the session outlives its end');
    }
    const { pid } = transport;
    const start = Date.now();
    await client.close();
    if (stdio) {
      // The clients wait two seconds for a server to leave when its input ends; then they kill it.
      assert(Date.now() - start < 1_500, 'the server does not leave when its input ends');
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    }
  });

  finish();

  function read(uri) {
    return client.readResource({ uri }, peer.fresh);
  }
}

const uriOf = (note) => `notes://${note.id}`;

/** A list is structured content as it is, or the one array of an object: 2025-11-25 has objects only. */
function listOf(structured) {
  const list = Array.isArray(structured) ? structured : Object.values(structured).find(Array.isArray);
  assert(list, `no list in ${JSON.stringify(structured)}`);
  return list;
}
