import { XmppServerCreate1764000000000 } from './server-1-create.migration.js';
import { XmppServerDepartures1764000100000 } from './server-2-departures.migration.js';
import { XmppServerRooms1764000200000 } from './server-3-rooms.migration.js';
import { XmppServerAccountData1764000300000 } from './server-4-account-data.migration.js';
import { XmppServerArchive1764000400000 } from './server-5-archive.migration.js';

/** The server's tables, in the order of their making. */
export const XMPP_SERVER_MIGRATIONS = [
  XmppServerCreate1764000000000,
  XmppServerDepartures1764000100000,
  XmppServerRooms1764000200000,
  XmppServerAccountData1764000300000,
  XmppServerArchive1764000400000,
];
