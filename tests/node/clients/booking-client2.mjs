// The TypeScript client 2.x books. In the modern era it sends its request again with the answers; `--other <url>` is
// a second process of the server, which then takes every other request.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { book, fleet } from './booking.mjs';
import { shell, target } from './harness.mjs';

const where = target({ era: 'modern', other: undefined });
const servers = fleet(...[where.http ?? where.stdio, where.other].filter(Boolean));
const client = new Client(
  { name: 'client2', version: '1.0.0' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: where.era === 'modern' ? 'auto' : 'legacy' } },
);

await book({
  client,
  transport: where.http
    ? new StreamableHTTPClientTransport(new URL(where.http), { fetch: servers.fetch })
    : new StdioClientTransport(shell(where.stdio)),
  answering: (handler) => client.setRequestHandler('elicitation/create', handler),
  call: (name, args) => client.callTool({ name, arguments: args }),
  fleet: servers,
});
