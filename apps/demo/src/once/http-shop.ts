import { type OrderLine } from '@nestanza-demo/contracts';

export interface OrderView {
  readonly orderId: string;
  readonly status: string;
  readonly history: readonly { readonly at: string; readonly what: string }[];
}

/** The orders service as a web client sees it. */
export class HttpShop {
  readonly #url: string;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/orders`;
  }

  /** The id of the order. @throws Error when the answer is not 202 */
  async place(order: { customer: string; lines: readonly OrderLine[] }, idempotencyKey?: string): Promise<string> {
    const response = await this.post(order, idempotencyKey);
    const text = await response.text();
    if (response.status !== 202) throw new Error(`POST /orders answered ${response.status}: ${text}`);
    return (JSON.parse(text) as { orderId: string }).orderId;
  }

  post(body: unknown, idempotencyKey?: string): Promise<Response> {
    return fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  }

  /** `undefined` while the shop does not know the order. */
  async find(orderId: string): Promise<OrderView | undefined> {
    const response = await fetch(`${this.#url}/${encodeURIComponent(orderId)}`, {
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`GET /orders/${orderId} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as OrderView;
  }
}
