// An agent of the program's own, as many SDKs make one.
import https from 'node:https'

import axios from 'axios'

import { five, headers } from './five.mjs'

const client = axios.create({ httpsAgent: new https.Agent({ keepAlive: true }), proxy: false, timeout: 2000, headers, validateStatus: () => true })

await five(async (url) => {
  const answer = await client.get(url)
  return { status: answer.status, json: () => answer.data, link: answer.headers.link }
})
