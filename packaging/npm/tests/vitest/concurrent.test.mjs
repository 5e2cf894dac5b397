import { test } from 'standin/vitest';

for (const name of ['a', 'b']) {
  test.concurrent(name, async ({ standin }) => {
    void standin;
    await new Promise(done => setTimeout(done, 500));
  });
}
