import { test } from 'standin/playwright';

test('does not call', async ({ standin }) => {
  await standin.expect({ id: 'lists', on: 'celigo.integrations.list' });
});
