import 'reflect-metadata';
import {
  Bus,
  BusModule,
  Ctx,
  OnMessage,
  Payload,
  Respond,
  Sender,
  Subscribe,
  Watch,
  type MessageContext,
} from '@nestanza/bus';
import { event, rpc } from '@nestanza/contracts';
import { DeliveryModule, Tx } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { Workflow, WorkflowModule, Workflows, type WorkflowContext } from '@nestanza/workflow';
import { Injectable, Module } from '@nestjs/common';
import { IsInt, IsString } from 'class-validator';
import type { EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import { TypeOrmModule } from '@nestjs/typeorm';

export class OrderDto {
  @IsString() id!: string;
  @IsInt() total!: number;
}

export class SkuDto {
  @IsString() sku!: string;
}

/** Another service's. */
export const OrderPlaced = event('pubsub:orders/placed', {
  type: 'order.placed.v1',
  body: OrderDto,
  key: ({ id }) => id,
});
/** The shop's own. */
export const Invoiced = event('pubsub:shop/invoiced', { type: 'invoiced.v1', body: OrderDto });
export const Shipped = event('pubsub:shop/shipped', { type: 'shipped.v1', body: OrderDto });
/** Live. */
export const Price = event('pubsub:prices', { type: 'price.v1', body: OrderDto, durable: false });
export const Total = rpc('rpc:shop.total', { in: SkuDto, out: Number });
/** Another service's. */
export const Stock = rpc('rpc:inventory.stock', { in: SkuDto, out: Number });

@Workflow()
class Ship {
  async run(ctx: WorkflowContext, order: OrderDto): Promise<void> {
    const stock = await ctx.step('check', () => 1);
    if (stock > 0) await ctx.publish(Shipped, order);
    await ctx.sleep('1d');
  }
}

@Injectable()
export class Shop {
  readonly prices: number[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly workflows: Workflows,
  ) {}

  @Subscribe(OrderPlaced)
  async onPlaced(order: OrderDto, @Ctx() ctx: MessageContext, @Tx() tx: EntityManager): Promise<void> {
    if (order.total < 0) throw new Error(`nothing costs ${order.total}, attempt ${ctx.attempt}`);
    await tx.query('insert into shop_order (id, total) values ($1, $2)', [order.id, order.total]);
    await this.bus.publish(Invoiced, order);
  }

  @Subscribe(Invoiced, { transaction: 'none' })
  async onInvoiced(order: OrderDto): Promise<void> {
    await this.workflows.start(Ship, order, { id: `ship-${order.id}` });
  }

  @Watch(Price)
  async onPrice({ total }: OrderDto): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.prices.push(total);
  }

  @Respond(Total)
  total({ sku }: SkuDto): Promise<number> {
    return this.bus.request(Stock, { sku });
  }

  @OnMessage('message:shop')
  words(@Payload() text: unknown, @Sender() sender: string): string {
    return `${sender.split('@', 1)[0]} said ${String(text)}`;
  }
}

class CreateShop1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table shop_order (id text, total int)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table shop_order');
  }
}

@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      useFactory: () => dataSourceOptions({ name: 'shop', entities: [], migrations: [CreateShop1764000000000] }),
    }),
    BusModule.forRoot({ service: 'shop' }),
    BusModule.forFeature([Invoiced, Shipped]),
    DeliveryModule.forRoot(),
    WorkflowModule.forRoot(),
  ],
  providers: [Shop, Ship],
})
export class ShopModule {}
