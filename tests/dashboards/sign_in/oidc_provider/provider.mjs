// The provider of tests of sign-in. Its arguments: its port, where to send people back to, and where to say that a
// session has ended.
// Whoever types a subject is that person, with any password.
import Provider from 'oidc-provider';

const ROLES = { 's-7': ['chair:X08000001', 'offline_access'] };

const [port, root, ended] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'ypsem',
    client_secret: 'synthetic-secret',
    redirect_uris: [`${root}/sign-in/back`],
    post_logout_redirect_uris: [`${root}/signed-out`],
    token_endpoint_auth_method: 'client_secret_basic',
    backchannel_logout_uri: ended,
    backchannel_logout_session_required: true,
  }],
  features: { backchannelLogout: { enabled: true } },
  // Its own refuses loopback addresses, which is where these tests listen.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'roles'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['synthetic'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Rita', roles: ROLES[id] ?? [] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
