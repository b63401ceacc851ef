import { IsString, Matches } from 'class-validator';
import { section } from './section.js';

export class BusSettings {
  /** `embedded`, `in-process`, `xmpp://…` or `component://…`. */
  @IsString()
  @Matches(/^(embedded|in-process|xmpp:\/\/.+|component:\/\/.+)$/, {
    message:
      'write embedded, in-process, xmpp://<account>:<password>@<domain> or component://<domain>:<secret>@<host>:<port>',
  })
  xmpp: 'embedded' | 'in-process' | `xmpp://${string}` | `component://${string}` = 'embedded';
}

export const busConfig = section('bus', BusSettings, { xmpp: 'NESTANZA_XMPP' });
