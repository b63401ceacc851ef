import { IsString, Matches } from 'class-validator';
import { section } from './section.js';

export class DatabaseSettings {
  /** `embedded`, or a PostgreSQL of your own. */
  @IsString()
  @Matches(/^(embedded|postgres(ql)?:\/\/.+)$/, {
    message: 'write embedded or postgres://<user>:<password>@<host>/<database>',
  })
  url = 'embedded';
}

export const databaseConfig = section('database', DatabaseSettings, { url: 'NESTANZA_DATABASE' });
