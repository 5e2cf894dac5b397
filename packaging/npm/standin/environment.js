'use strict';

/** What may lead to the real service: a world sets those it has, and the others are taken away. */
const CREDENTIALS = [
  'CELIGO_BASE_URL',
  'CELIGO_API_TOKEN',
  'EDLINK_BASE_URL',
  'EDLINK_APPLICATION_SECRET',
  'EDLINK_ACCESS_TOKEN',
];

/** Points this process at a world; the function that comes back undoes it. */
function pointAt({ STANDIN_URL: _, ...env }) {
  const names = new Set([...CREDENTIALS, ...Object.keys(env)]);
  const before = [...names].map(name => [name, process.env[name]]);
  const set = (name, value) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const name of names) set(name, env[name]);
  return () => before.forEach(([name, value]) => set(name, value));
}

module.exports = { pointAt };
