import type { RequestContext } from '../platform/context.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Item, ItemService, NewItem } from '../service/items.ts';

export type Endpoint<Input, Output> = (input: Input, context: RequestContext) => Promise<Output>;

export interface ItemEndpoints {
  createItem: Endpoint<NewItem, Item>;
  getItem: Endpoint<{ id: string }, Item>;
  listItems: Endpoint<void, { items: Item[] }>;
}

/** One function for each operation. What every transport shares, such as business metrics, happens here. */
export function itemEndpoints(service: ItemService, metrics: Metrics): ItemEndpoints {
  return {
    createItem: async (input, context) => {
      const item = await service.create(input, context);
      metrics.itemCreated(item.quantity);
      return item;
    },
    getItem: async ({ id }) => service.get(id),
    listItems: async () => ({ items: service.list() }),
  };
}
