import { expect, test } from 'vitest';
import { templateVariables } from '../../../src/scaffold/variables.ts';

test('names come in every spelling a template needs', () => {
  const variables = templateVariables({
    name: 'order-desk',
    language: 'go',
    app: 'shop',
    calls: ['catalog', 'price-list-2'],
    ports: { http: 8080, admin: 9100 },
    schema: '../../.cloudnative/schemas/service.json',
  });
  expect(variables).toEqual({
    name: 'order-desk',
    pascal: 'OrderDesk',
    camel: 'orderDesk',
    snake: 'order_desk',
    app: 'shop',
    goModule: 'example.com/order-desk',
    pythonPackage: 'order_desk',
    calls: [
      { name: 'catalog', pascal: 'Catalog', camel: 'catalog', snake: 'catalog', env: 'CATALOG_URL' },
      {
        name: 'price-list-2',
        pascal: 'PriceList2',
        camel: 'priceList2',
        snake: 'price_list_2',
        env: 'PRICE_LIST_2_URL',
      },
    ],
    ports: { http: 8080, admin: 9100 },
    schema: '../../.cloudnative/schemas/service.json',
  });
});

test.each([
  ['x', 'X', 'x', 'x'],
  ['a-1', 'A1', 'a1', 'a_1'],
  ['a--b', 'AB', 'aB', 'a__b'],
])('%s is %s, %s, %s', (name, pascal, camel, snake) => {
  const answers = {
    name,
    language: 'ts',
    app: 'a',
    calls: [],
    ports: { http: 1, admin: 2 },
    schema: 's',
  } as const;
  expect(templateVariables(answers)).toMatchObject({ pascal, camel, snake });
});
