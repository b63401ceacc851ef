/** XEP-0045: Multi-User Chat, https://xmpp.org/extensions/xep-0045.html, version 1.35.5. */
export const NS_MUC = 'http://jabber.org/protocol/muc';
export const NS_MUC_USER = `${NS_MUC}#user`;
export const NS_MUC_ADMIN = `${NS_MUC}#admin`;
export const NS_MUC_OWNER = `${NS_MUC}#owner`;
export const ROOM_CONFIG = `${NS_MUC}#roomconfig`;
export const ROOM_INFO = `${NS_MUC}#roominfo`;
/** XEP-0249: Direct MUC Invitations, version 1.2: a mediated one carries it too. */
export const NS_CONFERENCE = 'jabber:x:conference';
/** XEP-0359: Unique and Stable Stanza IDs. */
export const NS_STABLE_ID = 'urn:xmpp:sid:0';
/** XEP-0421: Occupant identifiers; none are given here, so every one received is a lie. */
export const NS_OCCUPANT_ID = 'urn:xmpp:occupant-id:0';
/** XEP-0410: MUC Self-Ping. */
export const SELF_PING = `${NS_MUC}#self-ping-optimization`;
