import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../platform/context.ts';
import { ServiceError } from './errors.ts';

export interface NewItem {
  name: string;
  quantity: number;
}

export interface Item extends NewItem {
  id: string;
  /** RFC 3339, UTC. */
  createdAt: string;
  /** Names of the services that recorded the item, in the order of the calls. */
  recordedBy: string[];
}

/** Another service that keeps its own record of every item. Rejects when it could not. */
export interface Recorder {
  name: string;
  record(item: NewItem, context: RequestContext): Promise<void>;
}

const capacity = 10_000;
const pageSize = 100;

/** The business logic. Items live in memory, so a restart forgets them. */
export class ItemService {
  readonly #items = new Map<string, Item>();
  readonly #recorders: Recorder[];

  constructor(recorders: Recorder[] = []) {
    this.#recorders = recorders;
  }

  async create({ name, quantity }: NewItem, context: RequestContext): Promise<Item> {
    for (const recorder of this.#recorders) await recorder.record({ name, quantity }, context);
    const item: Item = {
      id: randomUUID(),
      name,
      quantity,
      createdAt: new Date().toISOString(),
      recordedBy: this.#recorders.map((recorder) => recorder.name),
    };
    this.#store(item);
    return item;
  }

  get(id: string): Item {
    const item = this.#items.get(id);
    if (!item) throw new ServiceError('not_found', 'There is no item with this id.');
    return item;
  }

  /** The newest items first, at most 100. */
  list(): Item[] {
    return [...this.#items.values()].slice(-pageSize).reverse();
  }

  #store(item: Item): void {
    this.#items.set(item.id, item);
    if (this.#items.size <= capacity) return;
    for (const oldest of this.#items.keys()) {
      this.#items.delete(oldest);
      return;
    }
  }
}
