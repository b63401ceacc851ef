import { IsString, Matches } from 'class-validator';
import { section } from './section.js';

export class AlertSettings {
  /** The account that is told. */
  @IsString()
  operator = 'operator';

  /** How long a service may be away before somebody is told. */
  @Matches(/^\d+(ms|s|m|h)$/, { message: 'write a duration such as 5s' })
  missingAfter: `${number}${'ms' | 's' | 'm' | 'h'}` = '5s';
}

export const alertConfig = section('alerts', AlertSettings);
