import { NestanzaError } from '@nestanza/core';

/** Codes of the XML-RPC fault code interoperability specification. */
export const RPC_FAULTS = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  applicationError: -32_500,
} as const;

/** A call that failed at the other side, or a message that is to be answered with a fault. */
export class RpcFault extends NestanzaError {
  readonly faultCode: number;
  readonly faultString: string;

  constructor(faultCode: number, faultString: string, options: { readonly cause?: unknown } = {}) {
    super('NST_XMPP_RPC_FAULT', `The call failed with fault ${faultCode}: ${faultString}`, {
      facts: { faultCode },
      cause: options.cause,
    });
    this.faultCode = faultCode;
    this.faultString = faultString;
  }
}
