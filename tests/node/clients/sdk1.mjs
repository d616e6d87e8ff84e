// The TypeScript SDK 1.x: the client that most hosts run today. It speaks 2025-11-25 and older.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ListResourcesResultSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { shell, target } from './harness.mjs';
import { exercise } from './scenario.mjs';

const where = target();
const client = new Client({ name: 'sdk1', version: '1.0.0' });
const notifications = {
  'notifications/resources/updated': ResourceUpdatedNotificationSchema,
  'notifications/resources/list_changed': ResourceListChangedNotificationSchema,
};

const transport = where.http ? new StreamableHTTPClientTransport(new URL(where.http)) : new StdioClientTransport(shell(where.stdio));

// This client tells the revision to nobody but its transport, and the one for stdio does not listen.
let negotiated;
const setProtocolVersion = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (revision) => {
  negotiated = revision;
  setProtocolVersion?.(revision);
};

await exercise(
  {
    client,
    transport,
    revision: '2025-11-25',
    negotiated: () => negotiated,
    resourceNotFound: -32002,
    call: (name, args, options) => client.callTool({ name, arguments: args }, undefined, options),
    resources: (cursor) => client.request({ method: 'resources/list', params: { cursor } }, ListResourcesResultSchema),
    notified: (method, handler) => client.setNotificationHandler(notifications[method], handler),
    subscribe: async (uri) => {
      await client.subscribeResource({ uri });
      return { close: () => client.unsubscribeResource({ uri }) };
    },
  },
  where,
);
