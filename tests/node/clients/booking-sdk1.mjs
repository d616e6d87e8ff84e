// The TypeScript SDK 1.x books: its sessions are asked by real requests.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { book, fleet } from './booking.mjs';
import { shell, target } from './harness.mjs';

const where = target();
const client = new Client({ name: 'sdk1', version: '1.0.0' }, { capabilities: { elicitation: {} } });

await book({
  client,
  transport: where.http ? new StreamableHTTPClientTransport(new URL(where.http)) : new StdioClientTransport(shell(where.stdio)),
  answering: (handler) => client.setRequestHandler(ElicitRequestSchema, handler),
  call: (name, args) => client.callTool({ name, arguments: args }),
  fleet: fleet(where.http ?? where.stdio),
});
