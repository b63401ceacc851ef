import { describe, expect, it } from '@jest/globals';
import { Jid, xml, type Element } from '@nestanza/xmpp';
import { priorityOf, Session } from './session.js';

function presence(priority: string): Element {
  return xml('presence', { xmlns: 'jabber:client' }, xml('priority', {}, priority));
}

function held(inboundQueue = 2) {
  const seen: string[] = [];
  const calls: string[] = [];
  let release = () => {};
  const session = new Session({
    jid: Jid.parse('romeo@localhost/a'),
    link: {
      send: (stanza) => calls.push(`send ${stanza.name}`),
      pause: () => calls.push('pause'),
      resume: () => calls.push('resume'),
      close: (error) => calls.push(`close ${error?.condition}`),
    },
    inboundQueue,
    handle: (_session, stanza) => {
      seen.push(stanza.name);
      return stanza.name === 'presence' ? new Promise<void>((resolve) => (release = resolve)) : undefined;
    },
  });
  const receive = (...names: string[]) =>
    names.forEach((name) => session.receive(xml(name, { xmlns: 'jabber:client' })));
  return { session, seen, calls, receive, release: () => release() };
}

describe('a session', () => {
  it('handles a stanza only after the one before it is handled', async () => {
    const { seen, receive, release } = held();
    receive('presence', 'message');
    expect(seen).toEqual(['presence']);
    release();
    await Promise.resolve();
    expect(seen).toEqual(['presence', 'message']);
  });

  it('stops reading from its peer at the bound, and goes on when there is room', async () => {
    const { calls, receive, release } = held(2);
    receive('presence', 'message', 'message');
    expect(calls).toEqual(['pause']);
    release();
    await Promise.resolve();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('neither sends nor handles anything once it has ended', () => {
    const { session, seen, calls, receive } = held();
    expect([session.end(), session.end()]).toEqual([true, false]);
    receive('message');
    session.send(xml('message', { xmlns: 'jabber:client' }));
    expect([seen, calls]).toEqual([[], []]);
  });

  it.each([
    ['5', 5],
    ['-128', -128],
    ['128', 0],
    ['x', 0],
  ])('reads priority %s as %s', (text, priority) => {
    expect(priorityOf(presence(text))).toBe(priority);
  });
});
