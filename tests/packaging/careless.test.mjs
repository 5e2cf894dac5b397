import { createRequire } from 'node:module';
import { test } from 'node:test';
import { start } from 'standin/node';

const { createCarelessly } = createRequire(import.meta.url)('./sync.js');

test('is careless', async () => {
  const server = await start();
  const world = await server.world({ scenario: 'celigo-lost-create' });
  Object.assign(process.env, { CELIGO_BASE_URL: world.celigoUrl, CELIGO_API_TOKEN: world.token });
  try {
    await createCarelessly('Orders to NetSuite');
    await world.verify();
  } finally {
    await server.stop();
  }
});
