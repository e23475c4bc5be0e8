/**
 * HTTP/1.1 on the client port and on the metrics listeners: versions, health, metrics, and the JSON form of the API.
 * The server hands in what they ask (probe.ts); nothing here knows the member or a service.
 *
 * Laws: status, headers and bodies are Go's and etcd's to the byte, because probes compare them; no endpoint holds the
 * event loop; a failing endpoint is a 500, never an exception.
 *
 * Left out: the websocket form of the JSON API, and OpenMetrics and protobuf forms of the metrics.
 */
export { type GatewayOptions, gatewayHandler } from './gateway/index.ts';
export { type ClientHandlerOptions, clientHandler, createHttp1Server, metricsHandler } from './handlers.ts';
export type { HealthObserver, HttpLog, MemberProbe, MetricsPage, RaisedAlarm, Versions } from './probe.ts';
export type { Handler } from './reply.ts';
