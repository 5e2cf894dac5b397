import { expect, test } from 'standin/playwright';

test.use({ standinOptions: { seed: 7 } });

test('has a world of its own', async ({ request, standin }) => {
  const headers = { authorization: `Bearer ${standin.token}` };
  await standin.expect({ id: 'lists', on: 'celigo.integrations.list' });
  const answer = await request.get(`${standin.celigoUrl}/integrations`, { headers });
  expect((await answer.json()).map(integration => integration.name)).toContain('Salesforce Sync');
});
