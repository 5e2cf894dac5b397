import { GenericContainer, Wait } from 'testcontainers';

export async function withStandin<T>(test: (baseUrl: string) => Promise<T>): Promise<T> {
  const container = await new GenericContainer('standin:0.1.0')
    .withExposedPorts(4780)
    .withEnvironment({ STANDIN_CONTROL_TOKEN: 'secret' })
    .withWaitStrategy(Wait.forHttp('/_standin/ready', 4780))
    .start();
  try {
    return await test(`http://${container.getHost()}:${container.getMappedPort(4780)}/v1`);
  } finally {
    await container.stop();
  }
}
