import { describe, expect, it } from '@jest/globals';
import { parseTarget } from './target.js';

describe('NESTANZA_XMPP', () => {
  it('names an account, with the address and authority of its server', () => {
    expect(parseTarget('xmpp://orders:p%40ss@example.org?address=127.0.0.1:15222')).toMatchObject({
      kind: 'client',
      password: 'p@ss',
      host: '127.0.0.1',
      port: 15222,
    });
    expect(parseTarget('xmpp://orders:x@example.org?address=[::1]:15222')).toMatchObject({ host: '::1', port: 15222 });
    expect(String((parseTarget('xmpp://orders:x@example.org') as { jid: unknown }).jid)).toBe('orders@example.org');
  });

  it('names a component', () => {
    expect(parseTarget('component://irc.example.org:secret@localhost:5347')).toEqual({
      kind: 'component',
      domain: 'irc.example.org',
      secret: 'secret',
      host: 'localhost',
      port: 5347,
    });
  });

  it.each(['http://x', 'embeded', 'xmpp://example.org', 'xmpp://orders@example.org'])(
    'is refused as %s, listing what may be written',
    (text) => {
      expect(() => parseTarget(text)).toThrow(/xmpp:\/\/<account>:<password>@<domain>/);
    },
  );

  it('never repeats a password', () => {
    expect(() => parseTarget('xmpp://orders:hunter2@example.org?ca=/no/such/file')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
