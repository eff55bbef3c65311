import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../../src/cli/ui/error-text.ts';
import { createNarrator } from '../../../src/cli/ui/narration.ts';
import { planText } from '../../../src/cli/ui/plan-text.ts';
import { statusText } from '../../../src/cli/ui/status-text.ts';
import type { Event } from '../../../src/core/events.ts';

const style = {
  colour: new Chalk({ level: 0 }),
  signs: { done: '✓', waiting: '◦', failed: '✗', unchanged: '=' },
};

function narrated(...events: Event[]): string {
  const narrate = createNarrator(style);
  return events
    .flatMap((event) => narrate(event) ?? [])
    .map(({ text, transient }) => `${transient ? '(' : ''}${text}`)
    .join('\n');
}

describe('narration', () => {
  it('tells a deploy, one line per thing, aligned', () => {
    expect(
      narrated(
        {
          type: 'heading',
          app: 'shop',
          environment: 'local',
          place: 'processes on this machine',
          subjects: ['catalog', 'orders'],
        },
        { type: 'started', subject: 'catalog', step: 'build', detail: '' },
        { type: 'built', service: 'catalog', detail: 'go build', ms: 3100, skipped: false },
        { type: 'built', service: 'orders', detail: 'unchanged', ms: 4, skipped: true },
        { type: 'applied', resource: 'Process/catalog', action: 'create', ms: 10 },
        { type: 'waiting', resource: 'Process/catalog', reason: 'HTTP 503', ms: 400 },
        {
          type: 'ready',
          resource: 'Process/catalog',
          detail: 'http://127.0.0.1:41080  admin :41081',
          ms: 200,
        },
        { type: 'failed', resource: 'Process/orders', ms: 6100 },
      ),
    ).toMatchInlineSnapshot(`
      "shop → local (processes on this machine)
      (  ◦ catalog   building
        ✓ catalog   built    go build                                     3.1s
        = orders    built    unchanged                                    0.0s
      (  ✓ catalog   created                                               0.0s
      (  ◦ catalog   waiting  HTTP 503                                     0.4s
        ✓ catalog   ready    http://127.0.0.1:41080  admin :41081         0.2s
        ✗ orders    failed                                                6.1s"
    `);
  });

  it('keeps control characters of others away from the terminal', () => {
    expect(narrated({ type: 'warning', message: 'a\u001b[2Jb' })).toBe('  ! ab');
  });
});

describe('errorText', () => {
  it('says what, where, why and what to try', () => {
    const text = errorText(
      {
        kind: 'expected',
        code: 'E_ROLLOUT_FAILED',
        exit: 'failure',
        message: 'orders cannot start: its process exits with code 1',
        where: 'local, process orders',
        why: ['last lines of its log', '  DATABASE_URL is not set'],
        hints: ['cloudnative logs orders', 'set env.DATABASE_URL in services/orders/service.yaml'],
      },
      style,
    );
    expect(text).toMatchInlineSnapshot(`
      "error: orders cannot start: its process exits with code 1  [E_ROLLOUT_FAILED]
        where  local, process orders
        why    last lines of its log
                 DATABASE_URL is not set
        try    cloudnative logs orders
               set env.DATABASE_URL in services/orders/service.yaml
      "
    `);
  });
});

describe('planText', () => {
  it('shows fields, hides secrets, counts', () => {
    const text = planText(
      {
        version: 1,
        app: 'shop',
        environment: 'staging',
        place: 'kubernetes, context kind-staging, namespace shop',
        changes: [
          {
            id: 'Deployment/orders',
            action: 'update',
            after: [],
            fields: [{ path: 'spec.replicas', before: '1', after: '2' }],
          },
          {
            id: 'Secret/orders-db',
            action: 'update',
            after: [],
            fields: [{ path: 'data.password', secret: true }],
          },
          { id: 'PodDisruptionBudget/orders', action: 'create', after: [], fields: [] },
          { id: 'ConfigMap/old', action: 'remove', after: [], fields: [], note: 'no longer wanted' },
          { id: 'Service/orders', action: 'none', after: [], fields: [] },
        ],
      },
      style,
    );
    expect(text).toMatchInlineSnapshot(`
      "shop on staging (kubernetes, context kind-staging, namespace shop)

        ~ Deployment/orders
            spec.replicas
              - 1
              + 2
        ~ Secret/orders-db
            data.password  (changed, not shown)
        + PodDisruptionBudget/orders
        - ConfigMap/old  no longer wanted
        = 1 unchanged

      1 to create, 2 to update, 1 to remove.
      "
    `);
  });
});

describe('statusText', () => {
  it('tells drift in short, and nothing of an edit twice', () => {
    const edit = { resource: 'Deployment/orders', by: 'kubectl-edit', fields: ['spec.replicas'] };
    const orders = {
      service: 'orders',
      verdict: { readiness: 'ready', reason: 'ready' },
      ready: 1,
      wanted: 1,
      restarts: 0,
      image: '',
      notes: [],
      edits: [edit, { ...edit, resource: 'Deployment/worker' }],
    } as const;
    const view = { app: 'shop', environment: 'staging', place: 'a test', absent: [], services: [orders] };
    const drifted = {
      release: 8,
      back: 'cloudnative rollback --to 8 -e staging',
      resources: [
        {
          resource: 'Deployment/orders',
          state: 'changed',
          note: 'kubectl-edit changed spec.replicas 4m ago',
          fields: [
            { path: 'spec.replicas', live: '6', released: '3' },
            { path: 'spec.paused', live: 'true' },
            { path: 'data.password' },
            { path: 'data.text', live: 'one\ntwo', released: 'one' },
          ],
        },
        { resource: 'Service/orders', state: 'gone', fields: [] },
        { resource: 'Service/old', state: 'left', fields: [] },
      ],
    } as const;
    expect(statusText({ ...view, drift: drifted }, style, 0)).toMatchInlineSnapshot(`
      "shop on staging (a test)

        service  ready  image  restarts  since  address
        orders   1/1 ✓         0

        orders: kubectl-edit changed spec.replicas of Deployment/worker

      drift from release 8:
        Deployment/orders  kubectl-edit changed spec.replicas 4m ago
          spec.replicas: 6, released as 3
          spec.paused: true, not in the release
          data.password  differs
          data.text  differs
        Service/orders  is gone
        Service/old  is not in the release
      to set it back: cloudnative rollback --to 8 -e staging
      "
    `);
    const unknown = { release: 8, resources: [], unknown: 'ci may not patch services' };
    expect(statusText({ ...view, drift: unknown }, style, 0)).toContain(
      '\n\ndrift: not known: ci may not patch services\n',
    );
    expect(statusText({ ...view, drift: { release: 8, resources: [] } }, style, 0)).toMatch(
      /\n\ndrift: none\n$/,
    );
  });

  it('shows what runs, what does not, and why', () => {
    const now = Date.parse('2026-01-02T10:00:00Z');
    const text = statusText(
      {
        app: 'shop',
        environment: 'staging',
        place: 'a test',
        quiet: [{ service: 'rules', what: '3 objects, no workloads' }],
        absent: ['stock'],
        services: [
          {
            service: 'catalog',
            verdict: { readiness: 'ready', reason: 'ready' },
            ready: 2,
            wanted: 2,
            restarts: 0,
            image: 'registry.example.com/shop/catalog@sha256:77aa10111111aaaa',
            since: '2026-01-02T08:00:00Z',
            url: 'http://127.0.0.1:41080',
            notes: [],
          },
          {
            service: 'orders',
            verdict: { readiness: 'progressing', reason: '1 of 2 ready' },
            ready: 1,
            wanted: 2,
            restarts: 3,
            image: '',
            notes: ['Pod/orders-x: HTTP 503'],
          },
        ],
      },
      style,
      now,
    );
    expect(text).toMatchInlineSnapshot(`
      "shop on staging (a test)

        service  ready         image                restarts  since  address
        catalog  2/2 ✓         sha256:77aa10111111  0         2h0m   http://127.0.0.1:41080
        orders   1/2 ◦                              3
        rules    deployed
        stock    not deployed

        orders: 1 of 2 ready
        orders: Pod/orders-x: HTTP 503
        rules: 3 objects, no workloads
      "
    `);
  });
});
