import 'reflect-metadata';
import { IsString, Length, Matches } from 'class-validator';

/** No control characters and no halves of characters: a database could not keep them. */
const KEEPABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** The property is a text of 1 to `max` characters that can be stored as it is. */
export function IsText(max: number): PropertyDecorator {
  return (target, property) => {
    for (const rule of [IsString(), Length(1, max), Matches(KEEPABLE, { message: '$property must be plain text' })]) {
      rule(target, property);
    }
  };
}
