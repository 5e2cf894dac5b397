'use strict';

// The software under test: it makes an integration of Celigo. The careful one looks before it tries again.

const ask = (method, path, body) =>
  fetch(process.env.CELIGO_BASE_URL + path, {
    method,
    headers: { authorization: `Bearer ${process.env.CELIGO_API_TOKEN}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });

async function names() {
  return (await (await ask('GET', '/integrations')).json()).map(integration => integration.name);
}

async function createCarefully(name) {
  try {
    await ask('POST', '/integrations', { name });
  } catch {
    if (!(await names()).includes(name)) await ask('POST', '/integrations', { name });
  }
}

async function createCarelessly(name) {
  for (let attempt = 0; attempt < 3; attempt++) {
    const made = await ask('POST', '/integrations', { name }).catch(() => undefined);
    if (made?.ok) return;
  }
}

module.exports = { createCarefully, createCarelessly, names };
