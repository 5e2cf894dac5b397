import https from 'node:https'

import { five, headers } from './five.mjs'

function get(url) {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { headers, timeout: 2000 }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const json = () => JSON.parse(Buffer.concat(chunks))
        resolve({ status: answer.statusCode, json, link: answer.headers.link })
      })
    })
    request.on('timeout', () => request.destroy(new Error('it takes too long')))
    request.on('error', reject)
  })
}

await five(get)
