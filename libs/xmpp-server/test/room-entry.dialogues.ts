import { describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import { refusal } from './pubsub-client.js';
import { OWNER, ROOM, ROOMS, statusesOf, USER, type OpenRoomScene } from './room-client.js';

/** @param carrier - where the service runs */
export function roomEntryDialogues(carrier: string, scene: OpenRoomScene): void {
  describe(`${carrier}: entering a room (XEP-0045 §7.2)`, () => {
    it('a new room is locked until its owner has configured it', async () => {
      await using s = await scene();
      await s.romeo.enter('romeo');
      expect(s.romeo.news()).toEqual(['romeo in moderator 110 201', 'subject: ']);
      s.juliet.ask('juliet');
      await s.settled();
      expect(s.juliet.news()).toEqual(['error item-not-found']);
      expect(await refusal(s.juliet.configure())).toBe('cancel item-not-found');
      await s.romeo.configure();
      await s.juliet.enter('juliet');
      expect(s.juliet.news()).toEqual(['romeo in moderator', 'juliet in participant 110', 'subject: ']);
    });

    it('a new room that nobody wants to configure is gone', async () => {
      await using s = await scene();
      await s.romeo.enter('romeo');
      await s.romeo.iq('set', OWNER, xml('x', { xmlns: 'jabber:x:data', type: 'cancel' }));
      await s.settled();
      expect(s.romeo.news().at(-1)).toBe('romeo out none 110');
      await s.juliet.enter('juliet');
      expect(s.juliet.news()).toEqual(['juliet in moderator 110 201', 'subject: ']);
    });

    it('others are shown first, then oneself, then what was said, then the subject', async () => {
      await using s = await scene();
      await s.open();
      s.romeo.say('one');
      s.romeo.person.send('message', { to: ROOM, type: 'groupchat' }, xml('subject', {}, 'balconies'));
      s.romeo.say('two');
      await s.settled();
      await s.juliet.enter('juliet');
      expect(s.juliet.news()).toEqual([
        'romeo in moderator',
        'juliet in participant 110',
        'romeo says one (late)',
        'romeo says two (late)',
        'subject: balconies',
      ]);
    });

    it('history comes as asked for', async () => {
      await using s = await scene();
      await s.open();
      for (const body of ['one', 'two', 'three']) s.romeo.say(body);
      await s.settled();
      await s.juliet.enter('juliet', xml('history', { maxstanzas: 2 }));
      expect(s.juliet.news().slice(2, -1)).toEqual(['romeo says two (late)', 'romeo says three (late)']);
      await s.mercutio.enter('mercutio', xml('history', { maxchars: 0 }));
      expect(s.mercutio.news().filter((line) => line.includes('late'))).toEqual([]);
    });

    it('is refused without a nickname, under a taken one, and without the request', async () => {
      await using s = await scene();
      await s.open();
      s.juliet.ask('romeo');
      s.juliet.person.send('presence', { to: ROOM }, xml('x', { xmlns: 'http://jabber.org/protocol/muc' }));
      s.juliet.person.send('presence', { to: `${ROOM}/juliet` });
      await s.settled();
      expect(s.juliet.news()).toEqual(['error conflict', 'error jid-malformed', 'error not-acceptable']);
    });

    it('needs the password, membership, and a place', async () => {
      await using s = await scene();
      await s.open({ passwordprotectedroom: true, roomsecret: 'rose' });
      s.juliet.ask('juliet', xml('password', {}, 'thorn'));
      s.juliet.ask('juliet');
      await s.settled();
      expect(s.juliet.news()).toEqual(['error not-authorized', 'error not-authorized']);
      await s.juliet.enter('juliet', xml('password', {}, 'rose'));
      await s.romeo.configure({ passwordprotectedroom: false, membersonly: true });
      await s.settled();
      expect(s.juliet.news().at(-1)).toBe('juliet out none 322 110');
      s.juliet.ask('juliet');
      await s.settled();
      expect(s.juliet.news()).toEqual(['error registration-required']);
      await s.romeo.change({ jid: 'juliet@localhost', affiliation: 'member' });
      await s.romeo.configure({ maxusers: '1' });
      s.juliet.ask('juliet');
      await s.settled();
      expect(s.juliet.news()).toEqual(['error service-unavailable']);
    });

    it('shows real addresses to moderators, or to all where the room says so, and warns', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      const itemOf = (guest: typeof s.juliet, nick: string) =>
        guest.person.received
          .find((stanza) => stanza.attr('from') === `${ROOM}/${nick}`)!
          .child('x', USER)!
          .child('item')!;
      expect(itemOf(s.juliet, 'romeo').attr('jid')).toBeUndefined();
      await s.settled();
      expect(itemOf(s.romeo, 'juliet').attr('jid')).toBe('juliet@localhost/j');
      await s.romeo.configure({ whois: 'anyone' });
      await s.mercutio.enter('mercutio');
      expect(itemOf(s.mercutio, 'juliet').attr('jid')).toBe('juliet@localhost/j');
      const own = s.mercutio.person.received.find((stanza) => stanza.attr('from') === `${ROOM}/mercutio`)!;
      expect(statusesOf(own)).toEqual(['110', '100']);
      await s.settled();
      expect(s.juliet.news()).toContain('room says 104 172');
    });

    it('a nickname may be changed, and nobody takes another’s', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      s.juliet.news();
      await s.settled();
      s.romeo.news();
      s.juliet.person.send('presence', { to: `${ROOM}/rosaline` });
      s.juliet.person.send('presence', { to: `${ROOM}/romeo` });
      await s.settled();
      expect(s.juliet.news()).toEqual([
        'juliet out participant 303 110',
        'rosaline in participant 110',
        'error conflict',
      ]);
      expect(s.romeo.news()).toEqual(['juliet out participant 303', 'rosaline in participant']);
    });

    it('ends by leaving, and by a lost stream; a temporary room ends with its last occupant', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.mercutio.enter('mercutio');
      s.juliet.leave('juliet');
      await s.mercutio.person.connection.stop();
      await s.romeo.person.until(
        (stanza) => stanza.attr('from') === `${ROOM}/mercutio` && stanza.attr('type') === 'unavailable',
      );
      s.romeo.leave('romeo');
      await s.romeo.person.settled();
      expect(s.romeo.news().at(-1)).toBe('romeo out none 110');
      await s.juliet.person.settled();
      s.juliet.news();
      await s.juliet.enter('juliet');
      expect(s.juliet.news()).toEqual(['juliet in moderator 110 201', 'subject: ']);
    });

    it('says what the service and its rooms are', async () => {
      await using s = await scene();
      await s.open({ roomname: 'Verona', moderatedroom: true });
      const info = async (to: string) => {
        const reply = await s.juliet.person.ask(
          'get',
          to,
          xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }),
        );
        return reply.elements()[0]!;
      };
      const items = async (to: string) => {
        const reply = await s.juliet.person.ask(
          'get',
          to,
          xml('query', { xmlns: 'http://jabber.org/protocol/disco#items' }),
        );
        return reply
          .elements()[0]!
          .elements()
          .map((item) => item.attr('jid'));
      };
      expect((await info(ROOMS)).child('identity')!.attributes).toMatchObject({ category: 'conference', type: 'text' });
      expect((await info(ROOM)).elements('feature').map((feature) => feature.attr('var'))).toEqual(
        expect.arrayContaining(['http://jabber.org/protocol/muc', 'muc_public', 'muc_moderated', 'muc_semianonymous']),
      );
      expect([await items(ROOMS), await items(ROOM)]).toEqual([[ROOM], [`${ROOM}/romeo`]]);
      await s.romeo.configure({ publicroom: false });
      expect([await items(ROOMS), await items(ROOM)]).toEqual([[], []]);
      expect(await refusal(info(`nowhere@${ROOMS}`))).toBe('cancel item-not-found');
    });
  });
}
