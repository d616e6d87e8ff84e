// The TypeScript client 2.x, in both eras: `--era legacy` is 2025-11-25, `--era modern` is 2026-07-28.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { shell, target } from './harness.mjs';
import { exercise } from './scenario.mjs';

const where = target({ era: 'modern' });
const modern = where.era === 'modern';
assert(modern || where.era === 'legacy', '--era is legacy or modern');

// `auto` asks the server with server/discover; a server that fails to answer it is taken for a legacy one.
const client = new Client({ name: 'client2', version: '1.0.0' }, { versionNegotiation: { mode: modern ? 'auto' : 'legacy' } });

await exercise(
  {
    client,
    transport: where.http ? new StreamableHTTPClientTransport(new URL(where.http)) : new StdioClientTransport(shell(where.stdio)),
    negotiated: () => client.getNegotiatedProtocolVersion(),
    revision: modern ? '2026-07-28' : '2025-11-25',
    // It reports the -32002 of 2025-11-25 as the -32602 of 2026-07-28.
    resourceNotFound: -32602,
    // A server may let clients keep what they read; the steps are about what it answers now.
    fresh: { cacheMode: 'bypass' },
    call: (name, args, options) => client.callTool({ name, arguments: args }, options),
    resources: (cursor) => client.request({ method: 'resources/list', params: { cursor } }),
    notified: (method, handler) => client.setNotificationHandler(method, handler),
    subscribe: modern ? listen : subscribe,
  },
  where,
);

async function listen(uri) {
  const subscription = await client.listen({ resourceSubscriptions: [uri], resourcesListChanged: true });
  assert.deepEqual(subscription.honoredFilter, { resourceSubscriptions: [uri], resourcesListChanged: true });
  return {
    async close() {
      await subscription.close();
      assert.equal(await subscription.closed, 'local');
    },
  };
}

async function subscribe(uri) {
  await client.subscribeResource({ uri });
  return { close: () => client.unsubscribeResource({ uri }) };
}
