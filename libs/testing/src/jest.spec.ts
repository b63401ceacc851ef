import { expect, it } from '@jest/globals';
import ours from '../../../jest.config.js';
import { preset } from './jest.js';

it('the preset compiles and resolves as this repository does, whose specs are run so', () => {
  expect(preset.transform).toEqual(ours.transform);
  expect(preset.moduleNameMapper).toEqual(ours.moduleNameMapper);
  expect(preset.extensionsToTreatAsEsm).toEqual(ours.extensionsToTreatAsEsm);
});
