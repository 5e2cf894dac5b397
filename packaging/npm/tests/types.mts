// Compiled, not run: what the types allow, and what they do not.
import { start, Unmet, type Call, type Report, type World } from 'standin/node';
import { useStandin } from 'standin/jest';
import { standinTest } from 'standin/vitest';
import { test as playwright } from 'standin/playwright';

export async function uses(): Promise<Call[]> {
  const server = await start({ args: ['--clock', 'real'] });
  const world: World = await server.world({ scenario: 'celigo-lost-create', seed: 1 });
  await world.fault({ on: 'celigo.flows.list', do: { error: 'rate_limited' } });
  // @ts-expect-error a rule says what it does
  await world.fault({ on: 'celigo.flows.list' });
  // @ts-expect-error there is no such option
  await server.world({ sede: 1 });
  try {
    const report: Report = await world.verify();
    const first: string | undefined = report.checks[0]?.violations[0]?.message;
    void first;
  } catch (error) {
    if (error instanceof Unmet) console.log(error.report.text);
  }
  return world.calls();
}

export const jest: World = useStandin({ data: {}, server: { url: 'http://127.0.0.1:4780' } });
standinTest({ seed: 1 })('typed', async ({ standin }) => void (await standin.calls())[0]?.status?.toFixed());
playwright('typed', async ({ standin }) => void standin.url.length);
