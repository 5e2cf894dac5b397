import { five, headers } from './five.mjs'

const { default: axios } = await import(process.argv[2] ?? 'axios')
const client = axios.create({ timeout: 2000, headers, validateStatus: () => true })

await five(async (url) => {
  const answer = await client.get(url)
  return { status: answer.status, json: () => answer.data, link: answer.headers.link }
})
