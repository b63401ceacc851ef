import { NestanzaError } from '@nestanza/core';

/** An outcome that an RPC contract declares under `errors`. It travels to the caller with its code and data. */
export class ContractError<Code extends string = string, Data = unknown> extends NestanzaError {
  declare readonly code: Code;
  readonly data: Data;

  constructor(code: Code, data: Data) {
    super(code, `The call was answered with "${code}".`);
    this.data = data;
  }
}
