import { expect, it } from 'vitest';
import { templateVariables } from '../../../src/scaffold/variables.ts';

it.each([
  ['orders', 'example.com/orders'],
  ['internal', 'example.com/internal'],
  ['con', 'example.com/con-service'],
  ['com1', 'example.com/com1-service'],
  ['vendor', 'example.com/vendor-service'],
  ['vendors', 'example.com/vendors'],
])('names the Go module of %s %s', (name, module) => {
  const answers = {
    name,
    language: 'go',
    app: 'shop',
    calls: [],
    ports: { http: 8080, admin: 9100 },
    schema: '',
  } as const;
  expect(templateVariables(answers).goModule).toBe(module);
});
