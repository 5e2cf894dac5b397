import { expect } from 'vitest';
import { standinTest, test } from 'standin/vitest';
import { createCarefully, names } from '../sync.js';

const lostCreate = standinTest({ scenario: 'celigo-lost-create', seed: 7 });

lostCreate('survives a lost answer', async ({ standin }) => {
  await createCarefully('Orders to NetSuite');
  expect(process.env.CELIGO_BASE_URL).toBe(standin.celigoUrl);
});

const atOnce = standinTest({ env: false });

for (const name of ['a', 'b']) {
  atOnce.concurrent(`tests that run at once leave the environment alone: ${name}`, async ({ standin }) => {
    await standin.create('celigo.integrations', { name });
    expect(process.env.CELIGO_BASE_URL).not.toBe(standin.celigoUrl);
    expect((await standin.records('celigo.integrations')).filter(record => ['a', 'b'].includes(record.name)).length).toBe(1);
  });
}

test('has a world of its own', async ({ standin }) => {
  expect(await names()).not.toContain('Orders to NetSuite');
  await standin.expect({ on: 'celigo.integrations.list' });
  await names();
});

for (const name of ['a', 'b']) {
  standinTest({ server: { args: ['--name', name] } })(`has a server with its own options: ${name}`, async ({ standinServer }) => {
    expect((await standinServer.ask('GET', '/health')).name).toBe(name);
  });
}
