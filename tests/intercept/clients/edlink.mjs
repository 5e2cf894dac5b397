// The vendor's own SDK: nothing of its host, its agent or its certificates can be set.
import { createRequire } from 'node:module'

const { Edlink, TokenSetType } = createRequire(import.meta.url)('@edlink/typescript')

const edlink = new Edlink({ version: 2, client_id: 'an-application', client_secret: 'any-secret', log_level: 'silent' })
const graph = edlink.use({ access_token: process.env.EDLINK_ACCESS_TOKEN, type: TokenSetType.Integration })

async function all(items) {
  const found = []
  for await (const item of items) found.push(item)
  return found
}

async function outcome(promise) {
  const late = new Promise((resolve) => setTimeout(resolve, 2000, 'error'))
  return Promise.race([promise.then(() => 200, (error) => error.status ?? 'error'), late])
}

const list = (await all(graph.schools.list())).length
const pages = Math.ceil((await all(graph.schools.list({ $first: 1 }))).length / 1)
const missing = await outcome(graph.people.fetch('00000000-0000-4000-8000-000000000000'))
const reset = await outcome(all(graph.districts.list()))
const stall = await outcome(all(graph.sessions.list()))
console.log(`list=${list} pages=${pages} missing=${missing} reset=${reset} stall=${stall}`)
process.exit(0)
