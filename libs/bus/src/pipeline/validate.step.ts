import type { BodyClass } from '@nestanza/contracts';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { Reject } from '../settlement.js';
import type { Step } from './step.js';

/** How many faults of one body are told; the rest is counted. */
const FAULTS_TOLD = 10;

/** Makes the body an instance of the contract's class, and refuses one that breaks its class-validator rules. */
export function validateStep(type: BodyClass): Step {
  const checked = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
  return {
    says: checked ? `validate ${type.name}` : `as ${type.name}`,
    async run(exchange, next) {
      const { payload } = exchange;
      if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
        throw new Reject('NST_BUS_INVALID', `The body must be an object, as ${type.name} says.`);
      }
      const instance = plainToInstance(type, payload);
      const errors = checked ? await validate(instance) : [];
      if (errors.length > 0) throw new Reject('NST_BUS_INVALID', sentence(errors));
      exchange.validated(instance);
      return next();
    },
  };
}

function sentence(errors: readonly ValidationError[]): string {
  const faults = errors.flatMap((error) => faultsOf(error, ''));
  const told = faults.slice(0, FAULTS_TOLD).join('; ');
  return faults.length > FAULTS_TOLD ? `${told}; and ${faults.length - FAULTS_TOLD} more` : told;
}

/** class-validator's own messages, each with the whole path instead of the last name. */
function faultsOf(error: ValidationError, path: string): string[] {
  const place = `${path}${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((text) =>
    text.startsWith(error.property) ? `${place}${text.slice(error.property.length)}` : `${place}: ${text}`,
  );
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, `${place}.`))];
}
