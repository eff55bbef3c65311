import type { FastifyInstance } from 'fastify';
import type { ItemEndpoints } from '../endpoint/items.ts';
import type { NewItem } from '../service/items.ts';

const newItem = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'quantity'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100 },
    quantity: { type: 'integer', minimum: 1, maximum: 1000 },
  },
};

/** Decodes requests, asks the endpoint, encodes the answer. */
export function addItemRoutes(app: FastifyInstance, endpoints: ItemEndpoints): void {
  app.post<{ Body: NewItem }>(
    '/v1/items',
    { schema: { body: newItem } },
    async (request, reply) => {
      const item = await endpoints.createItem(request.body, request.context);
      return reply.code(201).header('location', `/v1/items/${item.id}`).send(item);
    },
  );

  app.get('/v1/items', async (request) => endpoints.listItems(undefined, request.context));

  app.get<{ Params: { id: string } }>('/v1/items/:id', async (request) =>
    endpoints.getItem(request.params, request.context),
  );
}
