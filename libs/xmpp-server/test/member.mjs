// A process that joins the embedded server of NESTANZA_DATA and tells its parent how it stands, one line an event.
import { joinEmbedded } from '@nestanza/xmpp-server';

const member = await joinEmbedded({ database: process.argv[2], role: process.argv[3] });
const say = (what) => process.stdout.write(`${JSON.stringify({ what, port: member.address.port })}\n`);
member.onHosting((hosting) => say(hosting ? 'hosting' : 'standby'));
say(member.hosting ? 'hosting' : 'standby');
process.on('SIGTERM', () => void member.close().then(() => process.exit(0)));
