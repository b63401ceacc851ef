import { describe, expect, it } from '@jest/globals';
import { chatAccount } from './chat-account.js';

const server = {
  domain: 'localhost',
  credentials: (username: string) => Promise.resolve({ username, password: `derived for ${username}` }),
};

describe('the account for a chat client', () => {
  it('is the operator with a derived password', async () => {
    expect(await chatAccount(server, '')).toEqual({ jid: 'operator@localhost', password: 'derived for operator' });
    expect(await chatAccount(server, 'alice:a')).toEqual({
      jid: 'operator@localhost',
      password: 'derived for operator',
    });
  });

  it('has the password that the environment gives it, colons and all', async () => {
    expect(await chatAccount(server, 'alice:a, operator:s:e,bob:b')).toEqual({
      jid: 'operator@localhost',
      password: 's:e',
    });
  });
});
