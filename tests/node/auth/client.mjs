// The TypeScript client 2.x signs in at the authorization server of an MCP server and uses the server.
//
//   client.mjs --http http://127.0.0.1:8000/mcp
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { finish, step, target } from '../clients/harness.mjs';
import { signIn } from './browser.mjs';

const where = target();
/** A browser takes its time to start. */
const BROWSER_LIMIT_MS = 60_000;

const redirectUrl = 'http://127.0.0.1/callback';

/** Keeps what the client wants to have kept, and notes where it sends its user. */
class Keeper {
  redirectUrl = redirectUrl;
  clientMetadata = { redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' };
  clientInformation = () => ({ client_id: 'app' });
  tokens = () => this.kept;
  saveTokens = (tokens) => { this.kept = tokens; };
  redirectToAuthorization = (url) => { this.asked = url; };
  saveCodeVerifier = (verifier) => { this.verifier = verifier; };
  codeVerifier = () => this.verifier;
}

const keeper = new Keeper();
const transport = () => new StreamableHTTPClientTransport(new URL(where.http), { authProvider: keeper });
const client = () => new Client({ name: 'client', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
let connected;

await step('without a token it is sent to the authorization server', async () => {
  const first = transport();
  await assert.rejects(client().connect(first), UnauthorizedError);
  const asked = keeper.asked.searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.equal(asked.get('resource'), where.http);
  assert.equal(asked.get('scope'), 'mcp:use');
  const callback = await signIn(keeper.asked, redirectUrl, 'alice');
  await first.finishAuth(callback);
  assert(keeper.kept.access_token);
}, BROWSER_LIMIT_MS);

await step('with the token it is let in', async () => {
  connected = client();
  await connected.connect(transport());
  const { tools } = await connected.listTools();
  assert.deepEqual(tools.map((tool) => tool.name), ['whoami']);
  const result = await connected.callTool({ name: 'whoami', arguments: {} });
  assert.equal(result.content[0].text, 'alice app mcp:use');
});

await step('it asks for the scopes that a tool needs', async () => {
  keeper.asked = undefined;
  const again = transport();
  const stepping = client();
  await stepping.connect(again);
  await stepping.callTool({ name: 'write', arguments: {} }).then(
    () => assert.fail('it has not the scope'),
    () => {},
  );
  assert(keeper.asked, 'it is sent to the authorization server again');
  const scopes = keeper.asked.searchParams.get('scope').split(' ');
  assert(scopes.includes('files:write') && scopes.includes('mcp:use'), String(scopes));
  await again.finishAuth(await signIn(keeper.asked, redirectUrl, 'alice'));
  const stronger = client();
  await stronger.connect(transport());
  const result = await stronger.callTool({ name: 'write', arguments: {} });
  assert.equal(result.content[0].text, 'written');
}, BROWSER_LIMIT_MS);

finish();
