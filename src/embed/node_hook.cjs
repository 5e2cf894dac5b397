// Lets every HTTPS client of this Node.js process go by the proxy that the environment names, where Node does not do so itself:
// before 22.21 it knows no such variable, and later it still leaves out agents that a program made.
'use strict'

const tls = require('node:tls')
const http = require('node:http')
const https = require('node:https')

const named = process.env.HTTPS_PROXY || process.env.https_proxy
const proxy = named ? new URL(named) : null

const excepted = (process.env.NO_PROXY || process.env.no_proxy || '')
  .split(',')
  .map((entry) => entry.trim().toLowerCase().replace(/^\*?\./, ''))
  .filter(Boolean)

function goesByProxy(host) {
  const name = host.toLowerCase()
  return !excepted.some((entry) => entry === '*' || name === entry || name.endsWith('.' + entry))
}

// Asks the proxy to be connected with a host, and hands over the socket.
function tunnel(host, port, done) {
  const headers = { host: `${host}:${port}` }
  if (proxy.username) {
    const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
    headers['proxy-authorization'] = 'Basic ' + Buffer.from(user).toString('base64')
  }
  if (process.release) headers['user-agent'] = `node/${process.versions.node}`
  const request = http.request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || 80,
    method: 'CONNECT',
    path: `${host}:${port}`,
    headers,
    agent: false,
  })
  request.once('connect', (response, socket) => {
    if (response.statusCode === 200) return done(null, socket)
    socket.destroy()
    done(new Error(`the proxy answers ${response.statusCode} to CONNECT ${host}:${port}: ${response.statusMessage}`))
  })
  request.once('error', done)
  request.end()
}

// Agents of the module https, those that programs and libraries make too.
function patchAgents() {
  const direct = https.Agent.prototype.createConnection
  https.Agent.prototype.createConnection = function createConnection(...given) {
    const options = typeof given[0] === 'object' ? given[0] : typeof given[1] === 'object' ? given[1] : {}
    const done = given.find((value) => typeof value === 'function')
    const host = options.servername || options.host || 'localhost'
    const aware = this.options && this.options.proxyEnv
    if (!done || aware || options.socket || options.socketPath || !goesByProxy(options.host || host)) {
      return direct.apply(this, given)
    }
    tunnel(options.host || host, options.port || 443, (error, socket) => {
      if (error) return done(error)
      done(null, tls.connect({ ...options, socket, servername: host }))
    })
    return undefined
  }
}

// The dispatcher of fetch, and of undici where a program has it: both are found by this symbol.
const DISPATCHER = Symbol.for('undici.globalDispatcher.1')

function connector(options, done) {
  const host = options.hostname
  const secure = options.protocol === 'https:'
  const port = options.port || (secure ? 443 : 80)
  const over = (error, socket) => {
    if (error) return done(error)
    if (!secure) return done(null, socket)
    const servername = options.servername || host
    // Node's fetch speaks HTTP/1.1 only, unless it is told otherwise.
    const inside = tls.connect({ socket, servername, ALPNProtocols: ['http/1.1'] })
    inside.once('secureConnect', () => done(null, inside))
    inside.once('error', done)
  }
  if (goesByProxy(host)) return tunnel(host, port, over)
  const socket = require('node:net').connect({ host, port })
  socket.once('connect', () => over(null, socket))
  socket.once('error', done)
}

function undiciOfProgram() {
  try {
    return require(require.resolve('undici', { paths: [process.cwd()] }))
  } catch {
    return null
  }
}

function patchFetch() {
  const fetch = globalThis.fetch
  if (!fetch) return
  let done = false
  const patch = () => {
    if (done) return
    done = true
    const undici = undiciOfProgram()
    if (undici && undici.EnvHttpProxyAgent) {
      undici.setGlobalDispatcher(new undici.EnvHttpProxyAgent())
      return
    }
    // Loads the undici inside of Node, which makes its dispatcher.
    void globalThis.Response
    const known = globalThis[DISPATCHER]
    if (!known || known.constructor.name !== 'Agent') return
    const agent = new known.constructor({ connect: connector })
    Object.defineProperty(globalThis, DISPATCHER, { value: agent, writable: true, enumerable: false, configurable: false })
  }
  globalThis.fetch = function (...given) {
    patch()
    return fetch.apply(this, given)
  }
}

const [major, minor] = process.versions.node.split('.').map(Number)
const readsEnvironment = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21)

if (proxy && proxy.protocol === 'http:') {
  patchAgents()
  if (!readsEnvironment) patchFetch()
}
