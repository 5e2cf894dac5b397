import { five, headers } from './five.mjs'

await five(async (url) => {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(2000) })
  return { status: answer.status, json: () => answer.json(), link: answer.headers.get('link') }
})
