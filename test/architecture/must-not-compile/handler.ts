import { OnMessage, Respond, Subscribe, Watch, type MessageContext } from '@nestanza/bus';
import { OrderPlaced, Reserve, Stock, type OrderPlacedDto, type ReservedDto, type ReserveDto } from './contracts.js';

export class Fits {
  @Subscribe(OrderPlaced)
  whole(order: OrderPlacedDto, context: MessageContext): Promise<void> {
    return Promise.resolve(void [order, context]);
  }

  @Subscribe(OrderPlaced)
  @Watch(OrderPlaced)
  part(order: { orderId: string }): void {
    void order;
  }

  @Subscribe('pubsub:partner/orders')
  untyped(order: { whatever: true }): void {
    void order;
  }

  @Respond(Reserve)
  reserve(request: ReserveDto): Promise<ReservedDto> {
    return Promise.resolve({ until: request.orderId });
  }

  @Respond(Stock)
  stock(): number {
    return 1;
  }

  @OnMessage('message:orders')
  words(text: string): string {
    return text;
  }
}

export class DoesNotFit {
  @Subscribe(OrderPlaced) // error TS1241: Type 'OrderPlacedDto' is not assignable to type 'string'
  payload(order: string): void {
    void order;
  }

  @Watch(OrderPlaced) // error TS1241: Property 'customer' is missing in type 'OrderPlacedDto'
  member(order: { customer: string }): void {
    void order;
  }

  @Respond(Reserve) // error TS1241: Property 'quantity' is missing in type 'ReserveDto'
  request(request: OrderPlacedDto): ReservedDto {
    return { until: request.orderId };
  }

  @Respond(Reserve) // error TS1241: Property 'until' is missing in type '{ since: string; }'
  result(request: ReserveDto): Promise<{ since: string }> {
    return Promise.resolve({ since: request.orderId });
  }

  @Respond(Reserve) // error TS1241: Type 'void' is not assignable to type 'Eventually<ReservedDto>'
  nothing(request: ReserveDto): void {
    void request;
  }

  @Respond(Stock) // error TS1241: Type 'string' is not assignable to type 'Eventually<number>'
  primitive(): string {
    return '1';
  }
}

export const respondToEvent = Respond(OrderPlaced); // error TS2769: No overload matches this call
