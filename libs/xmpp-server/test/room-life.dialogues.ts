import { describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import { refusal } from './pubsub-client.js';
import { ADMIN, OWNER, ROOM, USER, type OpenRoomScene } from './room-client.js';

/** @param carrier - where the service runs */
export function roomLifeDialogues(carrier: string, scene: OpenRoomScene): void {
  describe(`${carrier}: talking in a room (XEP-0045 §7.4 to §8.1)`, () => {
    it('everybody hears everybody, the speaker too, with the same id; outsiders are not heard', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.settled();
      for (const guest of [s.romeo, s.juliet]) guest.news();
      s.juliet.say('hello', {}, xml('stanza-id', { xmlns: 'urn:xmpp:sid:0', by: ROOM, id: 'forged' }));
      s.mercutio.say('knock');
      await s.settled();
      expect([s.romeo.news(), s.juliet.news(), s.mercutio.news()]).toEqual([
        ['juliet says hello'],
        ['juliet says hello'],
        ['error not-acceptable'],
      ]);
      const [heard] = s.romeo.person.received.slice(-1);
      expect(heard!.attr('id')).toBe('hello');
      const ids = heard!.elements('stanza-id', 'urn:xmpp:sid:0');
      expect(ids.map((id) => id.attr('by'))).toEqual([ROOM]);
      expect(ids[0]!.attr('id')).not.toBe('forged');
    });

    it('one may whisper to one, and to nobody who is not there', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.mercutio.enter('mercutio');
      await s.settled();
      for (const guest of [s.romeo, s.juliet, s.mercutio]) guest.news();
      s.juliet.person.message(`${ROOM}/romeo`, 'chat', 'psst');
      s.juliet.person.message(`${ROOM}/tybalt`, 'chat', 'psst');
      s.juliet.person.message(`${ROOM}/romeo`, 'groupchat', 'psst');
      await s.settled();
      expect([s.romeo.news(), s.juliet.news(), s.mercutio.news()]).toEqual([
        ['juliet whispers psst'],
        ['error item-not-found', 'error bad-request'],
        [],
      ]);
      expect(s.romeo.person.received.at(-1)!.child('x', USER)).toBeDefined();
    });

    it('moderators set the subject, and others where the room says so', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.settled();
      s.juliet.news();
      const subject = (text: string) =>
        s.juliet.person.send('message', { to: ROOM, type: 'groupchat' }, xml('subject', {}, text));
      subject('mine');
      await s.settled();
      await s.romeo.configure({ changesubject: true });
      subject('ours');
      await s.settled();
      expect(s.juliet.news()).toEqual(['error forbidden', 'room says 104', 'subject: ours']);
    });

    it('in a moderated room only those with voice are heard', async () => {
      await using s = await scene();
      await s.open({ moderatedroom: true });
      await s.juliet.enter('juliet');
      await s.settled();
      expect(s.juliet.news()).toContain('juliet in visitor 110');
      s.juliet.say('mute');
      await s.settled();
      await s.romeo.change({ nick: 'juliet', role: 'participant' });
      s.juliet.say('heard');
      await s.settled();
      await s.romeo.change({ nick: 'juliet', role: 'visitor' });
      s.juliet.say('mute again');
      await s.settled();
      expect(s.juliet.news()).toEqual([
        'error forbidden',
        'juliet in participant 110',
        'juliet says heard',
        'juliet in visitor 110',
        'error forbidden',
      ]);
    });

    it('answers a ping to oneself only while one is there (XEP-0410)', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.juliet.ping('juliet');
      expect(await refusal(s.mercutio.ping('juliet'))).toBe('modify not-acceptable');
      expect(await refusal(s.juliet.ping('tybalt'))).toBe('cancel item-not-found');
      s.juliet.leave('juliet');
      await s.settled();
      expect(await refusal(s.juliet.ping('juliet'))).toBe('modify not-acceptable');
    });

    it('passes a ping between occupants on, each under a nickname', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      const asked: (string | undefined)[] = [];
      s.romeo.person.connection.onIq('get', { name: 'ping', xmlns: 'urn:xmpp:ping' }, (iq) => {
        asked.push(iq.attr('from'));
        return undefined;
      });
      const reply = await s.juliet.ping('romeo');
      expect([asked, reply.attr('from')]).toEqual([[`${ROOM}/juliet`], `${ROOM}/romeo`]);
    });
  });

  describe(`${carrier}: keeping order in a room (XEP-0045 §8 to §10)`, () => {
    it('a moderator kicks, and the kicked may come back', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.mercutio.enter('mercutio');
      await s.settled();
      for (const guest of [s.romeo, s.juliet, s.mercutio]) guest.news();
      expect(await refusal(s.juliet.change({ nick: 'mercutio', role: 'none' }))).toBe('auth forbidden');
      await s.romeo.change({ nick: 'juliet', role: 'none' }, 'too late');
      await s.settled();
      expect([s.juliet.news(), s.mercutio.news()]).toEqual([['juliet out none 307 110'], ['juliet out none 307']]);
      const item = s.juliet.person.received.at(-1)!.child('x', USER)!.child('item')!;
      expect([item.childText('reason'), item.child('actor')!.attr('nick')]).toEqual(['too late', 'romeo']);
      await s.juliet.enter('juliet');
      expect(await refusal(s.romeo.change({ nick: 'tybalt', role: 'none' }))).toBe('cancel item-not-found');
      expect(await refusal(s.romeo.change({ nick: 'romeo', role: 'none' }))).toBe('cancel not-allowed');
    });

    it('an admin bans; the banned stay out, and their list is for admins', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.settled();
      s.juliet.news();
      await s.romeo.change({ jid: 'juliet@localhost', affiliation: 'outcast' });
      s.juliet.ask('juliet');
      await s.settled();
      expect(s.juliet.news()).toEqual(['juliet out none 301 110', 'error forbidden']);
      const list = await s.romeo.iq('get', ADMIN, xml('item', { affiliation: 'outcast' }));
      expect(
        list
          .elements()[0]!
          .elements()
          .map((item) => item.attr('jid')),
      ).toEqual(['juliet@localhost']);
      await s.mercutio.enter('mercutio');
      for (const affiliation of ['outcast', 'owner', 'member']) {
        expect(await refusal(s.mercutio.iq('get', ADMIN, xml('item', { affiliation })))).toBe('auth forbidden');
      }
      expect(await refusal(s.mercutio.iq('get', ADMIN, xml('item', { role: 'moderator' })))).toBe('auth forbidden');
      await s.romeo.change({ jid: 'juliet@localhost', affiliation: 'none' });
      await s.juliet.enter('juliet');
    });

    it('affiliations are given by those above, and one owner stays', async () => {
      await using s = await scene();
      await s.open();
      await s.juliet.enter('juliet');
      await s.mercutio.enter('mercutio');
      await s.romeo.change({ jid: 'juliet@localhost', affiliation: 'admin' });
      await s.settled();
      expect(s.juliet.news().at(-1)).toBe('juliet in moderator 110');
      const change = (jid: string, affiliation: string) => refusal(s.juliet.change({ jid, affiliation }));
      expect(await change('mercutio@localhost', 'member')).toBe('accepted');
      expect(await change('mercutio@localhost', 'owner')).toBe('auth forbidden');
      expect(await change('romeo@localhost', 'outcast')).toBe('cancel not-allowed');
      expect(await change('juliet@localhost', 'outcast')).toBe('cancel not-allowed');
      expect(await refusal(s.mercutio.change({ jid: 'a@b.example', affiliation: 'member' }))).toBe('auth forbidden');
      expect(await refusal(s.romeo.change({ jid: 'romeo@localhost', affiliation: 'none' }))).toBe('cancel conflict');
      expect(await refusal(s.romeo.change({ jid: '@', affiliation: 'none' }))).toBe('modify jid-malformed');
      expect(await refusal(s.romeo.change({ jid: 'a@b.example', affiliation: 'king' }))).toBe('modify bad-request');
      await s.romeo.configure({ membersonly: true });
      await s.romeo.change({ jid: 'mercutio@localhost', affiliation: 'none' });
      await s.settled();
      expect(s.mercutio.news().at(-1)).toBe('mercutio out none 321 110');
    });

    it('invitations are passed on, open a members-only room, and can be declined', async () => {
      await using s = await scene();
      await s.open({ membersonly: true });
      const words = (...children: ReturnType<typeof xml>[]) => xml('x', { xmlns: USER }, children);
      s.romeo.person.send(
        'message',
        { to: ROOM },
        words(xml('invite', { to: 'juliet@localhost' }, xml('reason', {}, 'come'))),
      );
      const invitation = await s.juliet.person.until(({ name }) => name === 'message');
      expect(invitation.attr('from')).toBe(ROOM);
      const invite = invitation.child('x', USER)!.child('invite')!;
      expect([invite.attr('from'), invite.childText('reason')]).toEqual(['romeo@localhost', 'come']);
      expect(invitation.child('x', 'jabber:x:conference')!.attributes).toMatchObject({ jid: ROOM, reason: 'come' });
      s.juliet.person.send(
        'message',
        { to: ROOM },
        words(xml('decline', { to: 'romeo@localhost' }, xml('reason', {}, 'later'))),
      );
      const declined = await s.romeo.person.until((stanza) => stanza.child('x', USER)?.child('decline') !== undefined);
      expect(declined.child('x', USER)!.child('decline')!.attr('from')).toBe('juliet@localhost');
      await s.juliet.enter('juliet');
      await s.settled();
      s.juliet.news();
      s.juliet.person.send('message', { to: ROOM }, words(xml('invite', { to: 'mercutio@localhost' })));
      s.mercutio.person.send('message', { to: ROOM }, words(xml('invite', { to: 'juliet@localhost' })));
      await s.settled();
      expect([s.juliet.news(), s.mercutio.news()]).toEqual([['error forbidden'], ['error not-acceptable']]);
    });

    it('only the owner sees and changes the configuration, and what is unknown is refused', async () => {
      await using s = await scene();
      await s.open({ roomname: 'Verona' });
      await s.juliet.enter('juliet');
      const form = (await s.romeo.iq('get', OWNER)).elements()[0]!.elements()[0]!;
      const field = form.elements('field').find((each) => each.attr('var') === 'muc#roomconfig_roomname');
      expect(field!.childText('value')).toBe('Verona');
      expect(await refusal(s.juliet.iq('get', OWNER))).toBe('auth forbidden');
      expect(await refusal(s.juliet.configure({ roomname: 'Mantua' }))).toBe('auth forbidden');
      expect(await refusal(s.romeo.configure({ colour: 'red' }))).toBe('modify not-acceptable');
      expect(await refusal(s.romeo.configure({ maxusers: '-1' }))).toBe('modify not-acceptable');
      expect(await refusal(s.romeo.configure({ passwordprotectedroom: true }))).toBe('modify not-acceptable');
      expect(await refusal(s.romeo.iq('set', OWNER))).toBe('modify bad-request');
    });

    it('a persistent room outlives its occupants, until its owner destroys it', async () => {
      await using s = await scene();
      await s.open({ persistentroom: true, roomname: 'Verona' });
      s.romeo.leave('romeo');
      await s.settled();
      await s.juliet.enter('juliet');
      await s.settled();
      expect(s.juliet.news()).toEqual(['juliet in participant 110', 'subject: ']);
      expect(await refusal(s.juliet.iq('set', OWNER, xml('destroy', {})))).toBe('auth forbidden');
      await s.romeo.iq('set', OWNER, xml('destroy', { jid: 'mantua@rooms.localhost' }, xml('reason', {}, 'plague')));
      await s.settled();
      expect(s.juliet.news()).toEqual(['juliet out none 110']);
      const destroyed = s.juliet.person.received.at(-1)!.child('x', USER)!.child('destroy')!;
      expect([destroyed.attr('jid'), destroyed.childText('reason')]).toEqual(['mantua@rooms.localhost', 'plague']);
      await s.juliet.enter('juliet');
      expect(s.juliet.news()).toEqual(['juliet in moderator 110 201', 'subject: ']);
    });
  });
}
