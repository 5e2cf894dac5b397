import { standinTest } from 'standin/vitest';
import { createCarelessly } from '../sync.js';

const lostCreate = standinTest({ scenario: 'celigo-lost-create' });

lostCreate('is careless', async ({ standin }) => {
  await createCarelessly('Orders to NetSuite');
  void standin;
});
