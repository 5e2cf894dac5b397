import got from 'got'

import { five, headers } from './five.mjs'

await five(async (url) => {
  const answer = await got(url, { headers, timeout: { request: 2000 }, retry: { limit: 0 }, throwHttpErrors: false })
  return { status: answer.statusCode, json: () => JSON.parse(answer.body), link: answer.headers.link }
})
