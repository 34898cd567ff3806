// An OpenID provider on the loopback address, for the tests: node provider.mjs PORT CALLBACK… ; prints `ready`. Its keys are new at every start.
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, ...callbacks] = process.argv.slice(2);
const key = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: `k${Date.now()}` };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'photoguard',
    client_secret: 'a-secret-of-the-tests-0123456789abcdef',
    redirect_uris: callbacks,
    token_endpoint_auth_method: 'client_secret_post',
  }],
  jwks: { keys: [key] },
  cookies: { keys: ['of-the-tests'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
