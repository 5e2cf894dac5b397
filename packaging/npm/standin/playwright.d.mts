import type { PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType } from '@playwright/test';
import type { Server, ServerOptions, World, WorldOptions } from './node.js';

/** What `test` has besides. */
export interface StandinFixtures {
  /** A world of this test's own, verified when it ends; its calls are attached. */
  standin: World;
  /** How the worlds start: `test.use({ standinOptions: { … } })`. */
  standinOptions: WorldOptions;
}

/** What a worker has besides. */
export interface StandinWorkerFixtures {
  /** The server of this worker. */
  standinServer: Server;
  /** Which server is used. */
  standinServerOptions: ServerOptions;
}

/** Playwright's `test` with the fixture `standin`. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & StandinFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & StandinWorkerFixtures
>;

export { expect } from '@playwright/test';
