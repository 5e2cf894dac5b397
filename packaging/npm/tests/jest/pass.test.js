const { useStandin } = require('standin/jest');
const { createCarefully, names } = require('../sync.js');

const standin = useStandin({ scenario: 'celigo-lost-create', seed: 7 });

test('survives a lost answer', async () => {
  await createCarefully('Orders to NetSuite');
  expect(await names()).toContain('Orders to NetSuite');
  expect(process.env.CELIGO_BASE_URL).toBe(standin.celigoUrl);
});

test('has a world of its own', async () => {
  expect(await names()).not.toContain('Orders to NetSuite');
  await createCarefully('Orders to NetSuite');
});
