import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { section } from './section.js';

export class HttpSettings {
  /** 0 takes any free port. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 3000;
}

export const httpConfig = section('http', HttpSettings, { port: 'NESTANZA_HTTP_PORT' });
