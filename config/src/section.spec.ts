import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max } from 'class-validator';
import { readSection } from './section.js';

class Lamp {
  @IsString() colour = 'white';
  @Type(() => Number) @IsInt() @Max(100) watts = 10;
}

const read = (file: object, environment: Record<string, string> = {}) =>
  readSection(Lamp, { name: 'lamp', file, variables: { watts: 'LAMP_WATTS' }, environment });

describe('a section of the configuration', () => {
  it('takes the environment over the file, and the file over the defaults', () => {
    expect(read({})).toEqual({ colour: 'white', watts: 10 });
    expect(read({ watts: 20, colour: 'red' })).toEqual({ colour: 'red', watts: 20 });
    expect(read({ watts: 20 }, { LAMP_WATTS: '30' }).watts).toBe(30);
  });

  it('counts an empty variable as unset', () => {
    expect(read({ watts: 20 }, { LAMP_WATTS: '' }).watts).toBe(20);
  });

  it('names every fault together, with the variable that would mend it', () => {
    expect(() => read({ watts: 200, collor: 'red' })).toThrow(
      /lamp\.watts \(or LAMP_WATTS\): watts must not be greater than 100[^]*collor|collor[^]*lamp\.watts/,
    );
  });
});
