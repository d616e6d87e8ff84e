// An authorization server: oidc-provider, configured as the guide to authorization shows it.
//
//   provider.mjs --resource http://127.0.0.1:8000/mcp [--port 9000] [--format jwt|opaque]
//
// Prints its issuer identifier on one line. POST /test/rotate makes a new key, and takes the one before the last away.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';

const { values } = parseArgs({
  options: {
    resource: { type: 'string' },
    port: { type: 'string', default: '0' },
    format: { type: 'string', default: 'jwt' },
  },
});
const scopes = 'mcp:use files:read files:write';

let keys = [key(1)];

function key(number) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${number}`, alg: 'ES256', use: 'sig' };
}

function provider(issuer) {
  const provider = new Provider(issuer, {
    jwks: { keys },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clients: [
      {
        client_id: 'app',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback'],
        scope: `openid ${scopes}`,
      },
      {
        client_id: 'machine',
        client_secret: 'machine-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        scope: scopes,
      },
      // The MCP server itself, where it asks about tokens.
      { client_id: 'api', client_secret: 'api-secret', grant_types: [], redirect_uris: [], response_types: [] },
    ],
    scopes: scopes.split(' '),
    features: {
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => values.resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience: values.resource,
          scope: scopes,
          accessTokenFormat: values.format,
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  return provider.callback();
}

let handler;
const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') {
    keys = [key(keys.length + Date.now()), keys[0]];
    handler = provider(issuer());
    response.writeHead(204).end();
    return;
  }
  handler(request, response);
});
const issuer = () => `http://127.0.0.1:${server.address().port}`;
server.listen(Number(values.port), '127.0.0.1', () => {
  handler = provider(issuer());
  console.log(issuer());
});
