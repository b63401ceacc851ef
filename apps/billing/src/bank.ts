import { Charge, ChargeOrder, Charges, OrderReference, Receipt } from '@nestanza-demo/contracts';
import { Respond } from '@nestanza/bus';
import { Tx } from '@nestanza/delivery';
import { afterCommit } from '@nestanza/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import { LedgerEntry } from './ledger-entry.entity.js';

@Injectable()
export class Bank {
  readonly #log = new Logger(Bank.name);

  constructor(@InjectRepository(LedgerEntry) private readonly ledger: Repository<LedgerEntry>) {}

  /** Runs once per call: the ledger row and the recorded result commit together, and a repeated call gets the result. */
  @Respond(Charge)
  async charge({ orderId, customer, total }: ChargeOrder, @Tx() tx: EntityManager): Promise<Receipt> {
    if (customer === 'declined') {
      this.#log.log(`declined ${euros(total)}`, { orderId });
      throw Charge.error('DECLINED', { reason: `The bank of ${customer} says no.` });
    }
    await tx.insert(LedgerEntry, { orderId, customer, amount: total });
    afterCommit(() => this.#log.log(`charged ${euros(total)} to ${customer}`, { orderId }));
    return { orderId, total };
  }

  @Respond(Charges)
  charges({ orderId }: OrderReference): Promise<number> {
    return this.ledger.countBy({ orderId });
  }
}

function euros(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
